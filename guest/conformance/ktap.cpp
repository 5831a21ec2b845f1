// Plan, results and diagnostics.
#include "guest/conformance/ktap.hpp"

namespace ktap {
namespace {

template <class Seen>
void report(const char* what, const Seen& seen, const Seen& expected) {
  crt::Line line(crt::standard_output);
  line.add("# ");
  line.add(what);
  line.add(": expected ");
  write(line, expected);
  line.add(", seen ");
  write(line, seen);
  line.add('\n');
}

void report_call(const char* what, bool succeeded, DWORD seen, DWORD expected) {
  crt::Line line(crt::standard_output);
  line.add("# ");
  line.add(what);
  line.add(": expected ");
  if (expected == 0) {
    line.add("success");
  } else {
    line.add("error ");
    write(line, {expected, Value::Kind::Number});
  }
  line.add(", seen ");
  if (succeeded) {
    line.add("success");
  } else if (seen == Test::untouched) {
    line.add("failure without an error code");
  } else {
    line.add("error ");
    write(line, {seen, Value::Kind::Number});
  }
  line.add('\n');
}

void make(const Case& item, unsigned number, bool& all_good) {
  Test test;
  SetLastError(Test::untouched);
  item.run(test);
  crt::Line line(crt::standard_output);
  line.add(test.failed() ? "not ok " : "ok ");
  line.add(number);
  line.add(' ');
  line.add(item.name);
  if (test.skipped() != nullptr && !test.failed()) {
    line.add(" # SKIP ");
    line.add(test.skipped());
  }
  line.add('\n');
  all_good = all_good && !test.failed();
}

}  // namespace

void write(crt::Line& line, Value value) {
  const auto high = static_cast<DWORD>(value.number >> 32);
  const auto low = static_cast<DWORD>(value.number);
  if (value.kind == Value::Kind::Boolean) {
    line.add(low != 0 ? "true" : "false");
  } else if (value.kind == Value::Kind::Pointer || value.number > 0xFFFF) {
    line.add("0x");
    if (high != 0) line.add(crt::hex(high));
    line.add(crt::hex(low));
  } else {
    line.add(low);
  }
}

void write(crt::Line& line, const char* text) {
  if (text == nullptr) return line.add("(null)");
  line.add('"');
  for (; *text != '\0'; ++text) line.add(*text < ' ' ? '?' : *text);
  line.add('"');
}

bool Test::judge(const char* what, Value seen, Value expected) {
  const bool good = seen.number == expected.number;
  if (!good) report(what, seen, expected);
  failed_ = failed_ || !good;
  SetLastError(untouched);
  return good;
}

bool Test::equal(const char* what, const char* seen, const char* expected) {
  const bool good =
      seen != nullptr && expected != nullptr ? lstrcmpA(seen, expected) == 0 : seen == expected;
  if (!good) report(what, seen, expected);
  failed_ = failed_ || !good;
  SetLastError(untouched);
  return good;
}

bool Test::judge_call(const char* what, bool succeeded, DWORD seen_error, DWORD expected_error) {
  const bool good =
      succeeded == (expected_error == 0) && (succeeded || seen_error == expected_error);
  if (!good) report_call(what, succeeded, seen_error, expected_error);
  failed_ = failed_ || !good;
  SetLastError(untouched);
  return good;
}

int run(const Case* cases, unsigned count) {
  crt::print("KTAP version 1\n1..", count, "\n");
  bool all_good = true;
  for (unsigned i = 0; i < count; ++i) make(cases[i], i + 1, all_good);
  return all_good ? 0 : 1;
}

DWORD page_size() {
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  return system.dwPageSize;
}

}  // namespace ktap
