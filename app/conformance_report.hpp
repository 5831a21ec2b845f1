// What `faultline conform` prints: KTAP with a subtest a program, or JUnit's XML.
#pragma once

#include <string>
#include <vector>

#include "app/conformance.hpp"

namespace faultline::app {

/// The head of a KTAP report of `programs` programs.
std::string ktap_head(std::size_t programs);
/// One program's part: its own report as a subtest, what was wrong with it, its result.
std::string ktap_part(const ConformanceRun& run, std::size_t number);
/// The whole report.
std::string junit(const std::vector<ConformanceRun>& runs);
/// One line: programs and tests by their outcome.
std::string summary(const std::vector<ConformanceRun>& runs);

}  // namespace faultline::app
