// Documents from lists.
#include "debugger/gdb/xml.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::gdb::xml {
namespace {
constexpr char prolog[] = "<?xml version=\"1.0\"?>\n";
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += (c >= ' ' && c < 0x7F) || c == '\n' || c == '\t' ? c : '?';
    }
  }
  return out;
}

std::string threads(std::span<const Thread> threads) {
  std::string text = std::string(prolog) + "<threads>\n";
  for (const Thread& thread : threads) {
    text += fmt::format("<thread id=\"{:x}\" name=\"{}\">{}</thread>\n", thread.id,
                        escape(thread.name), escape(thread.description));
  }
  return text += "</threads>\n";
}

std::string libraries(std::span<const Library> libraries) {
  std::string text = std::string(prolog) + "<library-list>\n";
  for (const Library& library : libraries) {
    text += fmt::format("<library name=\"{}\"><segment address=\"0x{:x}\"/></library>\n",
                        escape(library.path), library.first_section);
  }
  return text += "</library-list>\n";
}

std::string table(std::string_view type, const Table& table) {
  std::string text = fmt::format("{}<osdata type=\"{}\">\n", prolog, escape(type));
  for (const auto& row : table.rows) {
    text += "<item>";
    for (std::size_t i = 0; i < std::min(row.size(), table.columns.size()); ++i) {
      text +=
          fmt::format("<column name=\"{}\">{}</column>", escape(table.columns[i]), escape(row[i]));
    }
    text += "</item>\n";
  }
  return text += "</osdata>\n";
}

std::string table_names(std::span<const TableName> names) {
  Table all{{"Type", "Description", "Title"}, {}};
  for (const TableName& name : names) {
    all.rows.push_back(
        {std::string(name.name), std::string(name.description), std::string(name.title)});
  }
  return table("types", all);
}

}  // namespace faultline::gdb::xml
