// The models, from the manuals' reset chapters and the parts' signatures.
// [386 §10.1] [486 §10.1] [386SX] [AP-485 §2] [B1] [C0]
#include "cpu/model.hpp"

#include <array>
#include <concepts>

#include "arch/paging_i386.hpp"
#include "arch/paging_selected.hpp"

namespace faultline {
namespace {

constexpr u32 page_flush = Paging::single_page_flush ? u32{PageFlush} : 0;
constexpr bool i386_scheme = std::same_as<Paging, PagingI386>;
constexpr u32 test386 = i386_scheme ? u32{TlbTest} : 0;
constexpr u32 test486 = i386_scheme ? u32{TlbTest | CacheTest} : 0;
constexpr u32 set386 = LoadAll | page_flush | test386;
constexpr u32 set486 = I486Set | PageFlush | test486;
/// What compilers have used in user mode since: Debian's mingw is built for an i686.
constexpr u32 later = Identification | TimeStamp | CompareExchange8 | ConditionalMove;
constexpr u32 mhz = 1'000'000;

/// Of every 386: "a permanent feature". [TURLEY]
constexpr u32 errata386 = PageFaultTwice;
/// "All 386DX chips and early revisions of the 386SX". [MAZUR]
constexpr u32 errata386dx = errata386 | PopadLosesEax;
/// Gone from the list of the C0 stepping. [C0]
constexpr u32 errata_b1 =
    errata386dx | PagingOutlivesPg | StringTakesNextSize | RepInsCountsOn | LslHoldsStackPointer;

constexpr Model i386dx(std::string_view name, std::string_view description, u8 stepping, u32 hertz,
                       FpuKind fpu = FpuKind::None, u32 errata = errata386dx) {
  Model model{name, description, ClockColumn::I386, 3, set386, 0, hertz, fpu};
  model.reset_dx = static_cast<u16>(0x0300 | stepping);  // [386 §10.1]
  model.errata = errata;
  return model;
}

constexpr std::array<Model, 10> all_models = {{
    i386dx("i386dx", "Intel 80386 DX, stepping D1, 33 MHz, no coprocessor", 8, 33 * mhz),
    i386dx("i386dx+387", "Intel 80386 DX, stepping D1, 33 MHz, with an 80387", 8, 33 * mhz,
           FpuKind::I387),
    i386dx("i386dx-b1", "Intel 80386 DX, stepping B1, 20 MHz, no coprocessor", 3, 20 * mhz,
           FpuKind::None, errata_b1),
    i386dx("i386dx-c0", "Intel 80386 DX, stepping C0, 20 MHz, no coprocessor", 4, 20 * mhz),
    i386dx("i386dx-d0", "Intel 80386 DX, stepping D0, 20 MHz, no coprocessor", 5, 20 * mhz),
    {"i386sx", "Intel 80386 SX, 16 MHz: 24 address and 16 data lines, no coprocessor",
     ClockColumn::I386, 3, set386, 0x2308, 16 * mhz, FpuKind::None, 24, 16, errata386},
    {"i486sx", "Intel i486 SX, 25 MHz, no coprocessor", ClockColumn::I486, 4, set486, 0x0421,
     25 * mhz},
    {"i486dx", "Intel i486 DX, 33 MHz", ClockColumn::I486, 4, set486, 0x0404, 33 * mhz,
     FpuKind::I486},
    {"i486dx2", "Intel i486 DX2, SL-enhanced, 66 MHz, with CPUID", ClockColumn::I486, 4,
     set486 | Identification, 0x0435, 66 * mhz, FpuKind::I486},
    {"compat", "i486dx with CPUID, RDTSC, CMPXCHG8B, CMOVcc, FCMOVcc and FCOMI", ClockColumn::I486,
     4, set486 | later, 0x0404, 33 * mhz, FpuKind::I486},
}};

}  // namespace

std::span<const Model> models() { return all_models; }

const Model* find_model(std::string_view name) {
  const auto found = std::ranges::find(all_models, name, &Model::name);
  return found == all_models.end() ? nullptr : &*found;
}

const Model& default_model() { return *find_model("i486dx"); }

}  // namespace faultline
