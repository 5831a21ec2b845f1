// Images of programs and libraries with one thing wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faultline::tests {

struct Mutation {
  std::string what;
  std::string bytes;
};

/// Images that nobody may load, each with another field of the headers out of bounds, or cut off.
std::vector<Mutation> broken_images(const std::string& image);
/// Libraries that look well until their directories are followed. `moved`: only relocation does.
std::vector<Mutation> broken_directories(const std::string& library, bool moved);
/// `count` images with a few bytes changed at random places of the headers and directories. What
/// decides where the program's own code begins stays.
std::vector<Mutation> random_mutations(const std::string& image, unsigned count,
                                       std::uint32_t seed);

}  // namespace faultline::tests
