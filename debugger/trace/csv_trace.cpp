#include "debugger/trace/csv_trace.hpp"

#include <fmt/format.h>

namespace faultline {
namespace {

/// In quotes, which are doubled inside.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string hex(const std::optional<u32>& value) {
  return value ? fmt::format("{:08X}", *value) : std::string();
}

}  // namespace

CsvTrace::CsvTrace(Write write) : write_(std::move(write)) {
  write_("lane,cause,name,begin,end,self,process,process_id,thread_id,address,pfn,kind,detail\r\n");
}

void CsvTrace::slice(const Slice& s) {
  write_(fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", name_of(s.lane),
                     name_of(s.cause), quoted(s.name), s.begin, s.end, s.self, quoted(s.process),
                     s.process_id, s.thread_id, hex(s.address), hex(s.frame), quoted(s.kind),
                     quoted(s.detail)));
}

}  // namespace faultline
