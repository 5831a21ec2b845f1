// The target description: what gdb is told of the registers and their types.
#include <fmt/format.h>

#include "arch/paging_selected.hpp"
#include "debugger/gdb/registers.hpp"

namespace faultline::gdb {
namespace {

struct Field {
  const char* name;
  unsigned start, end;
};
struct Type {
  const char* id;
  bool flags;  // gdb shows the names of the bits that are set; else every field has its value
  std::vector<Field> fields;
};

/// [386 §2.3.4] [486 §2.3.4]
const Type eflags_type{"i386_eflags",
                       true,
                       {{"CF", 0, 0},
                        {"", 1, 1},
                        {"PF", 2, 2},
                        {"AF", 4, 4},
                        {"ZF", 6, 6},
                        {"SF", 7, 7},
                        {"TF", 8, 8},
                        {"IF", 9, 9},
                        {"DF", 10, 10},
                        {"OF", 11, 11},
                        {"NT", 14, 14},
                        {"RF", 16, 16},
                        {"VM", 17, 17},
                        {"AC", 18, 18},
                        {"ID", 21, 21}}};

/// [386 §4.1.3, §5.1.1, §12.2] [486 §4.1.3]
const std::vector<Type>& system_types() {
  static const std::vector<Type> types = {
      {"i386_cr0",
       false,
       {{"PE", 0, 0},
        {"MP", 1, 1},
        {"EM", 2, 2},
        {"TS", 3, 3},
        {"ET", 4, 4},
        {"NE", 5, 5},
        {"WP", 16, 16},
        {"AM", 18, 18},
        {"NW", 29, 29},
        {"CD", 30, 30},
        {"PG", 31, 31}}},
      {"i386_cr3",
       false,
       {{"PWT", 3, 3}, {"PCD", 4, 4}, {"PDBR", arch::Geometry<arch::Paging>::page_shift, 31}}},
      {"i386_dr6",
       false,
       {{"B0", 0, 0},
        {"B1", 1, 1},
        {"B2", 2, 2},
        {"B3", 3, 3},
        {"BD", 13, 13},
        {"BS", 14, 14},
        {"BT", 15, 15}}},
      {"i386_dr7",
       false,
       {{"L0", 0, 0},
        {"G0", 1, 1},
        {"L1", 2, 2},
        {"G1", 3, 3},
        {"L2", 4, 4},
        {"G2", 5, 5},
        {"L3", 6, 6},
        {"G3", 7, 7},
        {"LE", 8, 8},
        {"GE", 9, 9},
        {"GD", 13, 13},
        {"RW0", 16, 17},
        {"LEN0", 18, 19},
        {"RW1", 20, 21},
        {"LEN1", 22, 23},
        {"RW2", 24, 25},
        {"LEN2", 26, 27},
        {"RW3", 28, 29},
        {"LEN3", 30, 31}}},
      {"segment_attributes",
       false,
       {{"type", 8, 11},
        {"S", 12, 12},
        {"DPL", 13, 14},
        {"P", 15, 15},
        {"D_B", 22, 22},
        {"G", 23, 23}}},
  };
  return types;
}

std::string describe(const Type& type) {
  const char* element = type.flags ? "flags" : "struct";
  std::string text = fmt::format("<{} id=\"{}\" size=\"4\">\n", element, type.id);
  for (const Field& f : type.fields) {
    text += fmt::format("<field name=\"{}\" start=\"{}\" end=\"{}\"/>\n", f.name, f.start, f.end);
  }
  return text += fmt::format("</{}>\n", element);
}

std::string describe(const Register& reg, unsigned number) {
  return fmt::format("<reg name=\"{}\" bitsize=\"{}\" type=\"{}\" regnum=\"{}\"{}/>\n", reg.name,
                     reg.bits, reg.type, number,
                     reg.group.empty() ? "" : fmt::format(" group=\"{}\"", reg.group));
}

}  // namespace

std::string describe_registers() {
  std::string text =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n"
      "<architecture>i386</architecture>\n"
      // No system of gdb's: then it takes the images we tell it of. [GDB, Library List Format]
      "<osabi>none</osabi>\n"
      "<feature name=\"org.gnu.gdb.i386.core\">\n";
  text += describe(eflags_type);
  const auto rows = registers();
  for (unsigned i = 0; i < rows.size(); ++i) {
    if (i == core_registers) {
      text += "</feature>\n<feature name=\"org.faultline.i386.system\">\n";
      for (const Type& type : system_types()) text += describe(type);
      text +=
          "<struct id=\"table_register\"><field name=\"limit\" type=\"uint16\"/>"
          "<field name=\"base\" type=\"data_ptr\"/></struct>\n";
    }
    text += describe(rows[i], i);
  }
  return text += "</feature>\n</target>\n";
}

}  // namespace faultline::gdb
