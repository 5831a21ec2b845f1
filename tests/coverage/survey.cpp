// Each instance of each row, in each mode: to its end, by each route, with each fault.
#include "tests/coverage/survey.hpp"

#include <fmt/format.h>

namespace faultline::coverage {
namespace {

/// The models on which a row is run: a 386 and a 486 with x87s if they have it, else one that has.
/// A reserved escape does nothing where there is no x87, and nowhere else anything but fault.
std::vector<const Model*> models_of(const Form& form) {
  std::vector<const Model*> all;
  for (const char* name : {"i386dx+387", "i486dx", "i386dx", "i486sx", "i486dx2", "compat"}) {
    const Model* model = find_model(name);
    const bool first_choice = all.empty() || model->name == "i486dx";
    if (form.has(Reserved) || (first_choice && form.exists(model->features))) all.push_back(model);
  }
  return all;
}

/// Of whom the rows that other models have are no rows.
constexpr const char* without[] = {"i386dx+387", "i486dx", "i486dx2", "i386dx", "i486sx"};

/// SGDT and SIDT store the limit before they look at the place of the base, as both peers do
/// (docs/peers.md): it is the one store of a fault.
bool stores_in_parts(const Form& f) {
  return f.mnemonic == Mnemonic::SGDT || f.mnemonic == Mnemonic::SIDT;
}

constexpr unsigned most_reports = 60;

std::string text_of(Machine& m) {
  const auto& r = m.raised();
  if (!r) return m.retired() ? fmt::format("went to {:X}", m.s.eip) : "stands still";
  return fmt::format(
      "raised vector {}, error {}, EIP {:X}, CR2 {:X}", static_cast<unsigned>(r->vector),
      r->coded ? fmt::format("{:X}", r->error) : "none", r->eip, m.context.mmu.registers.cr2);
}

}  // namespace

Machine& Survey::machine_of(const Model& model) {
  auto& machine = machines_[model.name];
  if (!machine) machine = std::make_unique<Machine>(model);
  return *machine;
}

void Survey::fail(const Scene& s, const char* what, const std::string& how) {
  if (++failures <= most_reports)
    ADD_FAILURE() << s.machine.model().name << ", " << name_of(s.mode()) << ", "
                  << describe(s.instance) << ": " << what << ":" << how;
}

bool Survey::ends_at(Scene& s, const char* what, Destination to) {
  Machine& m = s.machine;
  m.run_one(s.bytes());
  if (!m.raised() && m.retired() && m.s.eip == to.eip && m.present_mode() == to.mode) return true;
  fail(s, what, fmt::format(" {}, not to {:X} in {}", text_of(m), to.eip, name_of(to.mode)));
  return false;
}

bool Survey::faults(Scene& s, const char* cause, const Expected& e) {
  Machine& m = s.machine;
  m.run_one(s.bytes());
  const bool coded = paged(s.mode()) && arch::has_error_code(e.vector);
  const Raised expected{e.vector, coded, coded ? e.error : 0,
                        e.trap ? eip_after(s) : m.before().eip};
  std::string wrong;
  if (m.raised() != expected)
    wrong += fmt::format(" {}, not vector {}, error {:X}, EIP {:X}", text_of(m),
                         static_cast<unsigned>(e.vector), e.error, expected.eip);
  if (e.cr2 && m.context.mmu.registers.cr2 != *e.cr2)
    wrong += fmt::format(" CR2 {:X}, not {:X}", m.context.mmu.registers.cr2, *e.cr2);
  if ((m.s.debug[6] & 0xE00F) != e.dr6) wrong += fmt::format(" DR6 {:X}", m.s.debug[6]);
  if (!e.trap) wrong += m.changed_registers();
  if (!e.trap && !stores_in_parts(s.form())) wrong += m.changed_memory();
  if (m.retired() != e.trap) wrong += e.trap ? " did not retire" : " retired";
  if (wrong.empty()) ++by_vector[static_cast<unsigned>(e.vector)];
  if (!wrong.empty()) fail(s, cause, wrong);
  return wrong.empty();
}

void Survey::survey(const Model& model, const Instance& instance, Mode mode) {
  Machine& m = machine_of(model);
  const Form& form = instance.form();
  const bool allowed = legal(form, mode);
  if (allowed && (!form.has(Reserved) || model.fpu == FpuKind::None)) {
    executed.expect(instance.row, mode);
    Scene s = prepare(m, instance, mode);
    if (ends_at(s, "runs", destination_of(s))) executed.see(instance.row, mode);
    for (const Route& route : routes()) {
      Scene by = prepare(m, instance, mode);
      if (!route.open(by)) continue;
      Ledger& ledger = routed[route.name];
      ledger.expect(instance.row, mode);
      if (ends_at(by, route.name, route.arrange(by))) ledger.see(instance.row, mode);
    }
  }
  static const std::vector<Cause> causes = all_causes();
  for (const Cause& cause : causes) {
    if (cause.illegal == allowed) continue;
    const unsigned ways = cause.ways(prepare(m, instance, mode));
    if (ways == 0) continue;
    Ledger& ledger = raised[cause.name];
    ledger.expect(instance.row, mode);
    for (unsigned way = 0; way < ways; ++way) {
      Scene s = prepare(m, instance, mode);
      if (faults(s, cause.name, cause.provoke(s, way))) ledger.see(instance.row, mode);
    }
  }
}

/// An invalid opcode whatever the mode and the privilege; nothing at all is an escape without x87.
void Survey::survey_absent(const Model& model, const Instance& instance, Mode mode) {
  if (instance.form().has(Numeric) && model.fpu == FpuKind::None) return;
  Ledger& ledger = raised[other_model.name];
  ledger.expect(instance.row, mode);
  Scene s = prepare(machine_of(model), instance, mode);
  if (faults(s, other_model.name, {Vector::UD})) ledger.see(instance.row, mode);
}

void Survey::run() {
  for (unsigned row = 0; row < form_count; ++row)
    for (const Instance& instance : instances_of(row))
      for (Mode mode : all_modes) {
        for (const Model* model : models_of(forms[row]))
          if (exists(instance, *model)) survey(*model, instance, mode);
        for (const char* name : without)
          if (!forms[row].exists(find_model(name)->features))
            survey_absent(*find_model(name), instance, mode);
      }
}

}  // namespace faultline::coverage
