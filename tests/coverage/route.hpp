// The other ways in which some rows run to their end: repeated, locked, taken, through gates, to
// other rings and tasks.
#pragma once

#include <span>

#include "tests/coverage/scene.hpp"

namespace faultline::coverage {

struct Route {
  const char* name;
  const char* where;  // which rows and modes, in words
  bool (*open)(const Scene&);
  Destination (*arrange)(Scene&);
};

std::span<const Route> routes();

}  // namespace faultline::coverage
