// Goes over every row of the instruction table: runs it, raises what it can raise, keeps count.
#pragma once

#include <memory>

#include "tests/coverage/matrix.hpp"
#include "tests/coverage/route.hpp"

namespace faultline::coverage {

class Survey {
 public:
  void run();

  Ledger executed{};
  Ledgers raised{}, routed{};
  std::array<u64, 32> by_vector{};
  unsigned failures = 0;  // the first of them are reported one by one

 private:
  Machine& machine_of(const Model& model);
  void survey(const Model& model, const Instance& instance, Mode mode);
  void survey_absent(const Model& model, const Instance& instance, Mode mode);
  bool ends_at(Scene& s, const char* what, Destination to);
  bool faults(Scene& s, const char* cause, const Expected& expected);
  void fail(const Scene& s, const char* what, const std::string& how);

  std::map<std::string_view, std::unique_ptr<Machine>> machines_{};
};

}  // namespace faultline::coverage
