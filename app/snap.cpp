// faultline snap: saving a machine in the midst of its run, going on from there, and looking.
#include "app/snap.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "debugger/snapshot_diff.hpp"
#include "debugger/snapshot_list.hpp"
#include "debugger/suggestion.hpp"

namespace faultline::app {
namespace {

int list(const SnapOptions& options) {
  const std::vector<SnapshotEntry> entries = list_snapshots(options.files);
  bool refused = false;
  if (options.json) fmt::print("{}\n", to_json(entries).dump());
  std::vector<SnapshotEntry> good;
  for (const SnapshotEntry& entry : entries)
    entry.refused.empty() ? good.push_back(entry) : void(refused = true);
  if (!options.json && !good.empty()) fmt::print("{}\n", to_text(good));
  std::fflush(stdout);
  for (const SnapshotEntry& entry : entries)
    if (!entry.refused.empty()) fmt::print(stderr, "faultline: {}\n", entry.refused);
  return refused ? snapshot_refused : success;
}

int diff(const SnapOptions& options) {
  const SnapshotFile a = read_snapshot(options.files[0]), b = read_snapshot(options.files[1]);
  const SnapshotDiff difference = diff_snapshots(a, b);
  fmt::print("{}\n", options.json ? to_json(difference).dump() : to_text(difference));
  return success;
}

CLI::App* add_part(CLI::App& snap, const std::shared_ptr<SnapOptions>& options, const char* name,
                   const char* summary, int least, int most) {
  CLI::App* parser = snap.add_subcommand(name, summary);
  if (most == 1) {  // what follows it is a program's
    parser->add_option("FILE", options->file, "The snapshot's file")
        ->type_name("")
        ->required()
        ->check(not_empty);
    return parser;
  }
  parser->add_option("FILE", options->files, "Snapshot files")
      ->type_name("")
      ->required()
      ->expected(least, most)
      ->check(not_empty);
  return parser;
}

Command add_save(CLI::App& snap) {
  auto options = std::make_shared<SnapOptions>();
  CLI::App* parser =
      add_part(snap, options, "save", "Run a program up to a clock, and save the machine", 1, 1);
  parser->prefix_command();
  parser->footer("faultline snap save FILE --at CYCLE [OPTIONS] PROGRAM.EXE [ARGUMENTS...]");
  parser->add_option("--at", options->at, "The CPU clock at which to save")
      ->type_name("CYCLE")
      ->required()
      ->check(CLI::NonNegativeNumber);
  options->disks.add_to(*parser, "Disk images, as for `run`");
  options->machine.add_hardware_to(*parser);
  return {parser, [options, parser] {
            return save_snapshot_of(*options, parser->count("--cpu") != 0, parser->remaining());
          }};
}

/// How a run goes on and ends; what machine it is, the snapshot says.
void add_run_options(CLI::App& parser, MachineOptions& machine) {
  parser.add_option("--firmware", machine.firmware, "The ROM image it was taken with")
      ->type_name("FILE")
      ->check(not_empty);
  parser.add_flag("--no-blocks", machine.no_blocks, "As for `run`");
  parser.add_flag("--no-shadow", machine.no_shadow, "As for `run`");
  parser.add_option("--cycle-limit", machine.cycle_limit, "End with status 83 at clock N")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  parser.add_option("--result", machine.result_file, "Write the outcome as JSON")
      ->type_name("FILE")
      ->check(not_empty);
  parser.add_option("--expect", machine.expectation, "Status 0 if the run ends so, else 84")
      ->type_name("END")
      ->check(not_empty);
}

Command add_load(CLI::App& snap) {
  auto options = std::make_shared<SnapOptions>();
  CLI::App* parser =
      add_part(snap, options, "load", "Go on from a snapshot, to the end of the run", 1, 1);
  parser
      ->add_option("--disk", options->disks.images,
                   "The disk images that the snapshot was taken with, in the same order (default: "
                   "this build's system disk)")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->check(not_empty);
  add_run_options(*parser, options->machine);
  return {parser, [options] { return go_on_from(*options); }};
}

}  // namespace

std::vector<Command> add_snap(CLI::App& app) {
  CLI::App* snap = app.add_subcommand("snap", "Snapshots: machines saved in the midst of a run");
  snap->prefix_command();
  snap->require_subcommand(0, 1);
  const Command save = add_save(*snap), load = add_load(*snap);

  auto listed = std::make_shared<SnapOptions>(), compared = std::make_shared<SnapOptions>();
  CLI::App* list_parser = add_part(*snap, listed, "list", "What snapshots hold", 1, 1 << 16);
  list_parser->add_flag("--json", listed->json, "As JSON");
  CLI::App* diff_parser = add_part(*snap, compared, "diff", "In what two differ", 2, 2);
  diff_parser->add_flag("--json", compared->json, "As JSON");
  const auto lost = [snap]() -> int {
    const auto words = snap->remaining();
    const std::vector<std::string> names = {"save", "load", "list", "diff"};
    throw UsageError(
        words.empty() ? "snap: save, load, list or diff? `faultline help snap` shows more"
                      : fmt::format("no command 'snap {}'{}; there are save, load, list and diff",
                                    words.front(), suggestion(words.front(), names)));
  };
  return {save,
          load,
          {list_parser, [listed] { return list(*listed); }},
          {diff_parser, [compared] { return diff(*compared); }},
          {snap, lost}};
}

}  // namespace faultline::app
