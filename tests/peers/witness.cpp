// Starts faultline, Bochs and QEMU on a patched copy of the image.
#include "tests/peers/witness.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

extern char** environ;

namespace faultline::peers {
namespace {

namespace fs = std::filesystem;

constexpr const char* time_limit = "900";  // seconds; a hung peer must not hang the test
constexpr const char* bochs_bios = "/usr/share/bochs/BIOS-bochs-legacy";
constexpr const char* bochs_vga_bios = "/usr/share/bochs/VGABIOS-lgpl-latest";

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "faultline-peers-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const char* name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  if (!stream.write(text.data(), static_cast<std::streamsize>(text.size()))) {
    throw std::runtime_error("cannot write " + path.string());
  }
}

/// The image with the request in its second sector.
std::string patched(const fs::path& image, const Request& request) {
  constexpr std::size_t block = 512, magic = 8;
  std::string bytes = read_file(image);
  if (bytes.compare(block, magic, std::string("PEERS1\0\0", magic)) != 0) {
    throw std::runtime_error(image.string() + " is not the witness's image");
  }
  const u32 values[] = {request.plan.seed, request.first, request.count, request.form,
                        request.plan.model};
  std::memcpy(&bytes[block + magic], values, sizeof(values));
  return bytes;
}

/// Runs a program without input; its output goes to files of the scratch directory.
void spawn(std::vector<std::string> words, const Scratch& scratch) {
  words.insert(words.begin(), {"timeout", "--kill-after=5", time_limit});
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  const std::string out = scratch / "out", err = scratch / "err";
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = 0;
  const int error = posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (error != 0 || waitpid(child, &status, 0) != child) {
    throw std::runtime_error("cannot run " + words[3]);
  }
}

std::string run_ours(const Scratch& scratch, const Programs& programs, const Request& request) {
  spawn({programs.faultline.string(), "boot", "--headless", "--serial", "none", "--overlay",
         "--timing", "none", "--cpu", request.plan.our_cpu, "--disk", scratch / "disk.img"},
        scratch);
  return read_file(scratch / "out");
}

std::string run_qemu(const Scratch& scratch) {
  spawn({"qemu-system-i386", "-M", "pc,accel=tcg", "-cpu", "486", "-m", "8", "-display", "none",
         "-nodefaults", "-no-reboot", "-drive",
         "format=raw,if=ide,snapshot=on,file=" + (scratch / "disk.img"), "-debugcon",
         "file:" + (scratch / "console"), "-device", "isa-debug-exit,iobase=0xf4,iosize=1"},
        scratch);
  return read_file(scratch / "console");
}

/// Debian's Bochs has the debugger in it, which wants to be told to continue. The display is the
/// one that needs no screen; nobody will call.
std::string run_bochs(const Scratch& scratch) {
  write_file(scratch / "continue", "c\n");
  write_file(scratch / "bochsrc",
             "config_interface: textconfig\n"
             "display_library: rfb, options=\"timeout=0\"\n"
             "romimage: file=" +
                 std::string(bochs_bios) +
                 "\n"
                 "vgaromimage: file=" +
                 std::string(bochs_vga_bios) +
                 "\n"
                 "cpu: model=pentium, count=1, ips=50000000, reset_on_triple_fault=0\n"
                 "memory: guest=8, host=8\n"
                 "ata0-master: type=disk, mode=flat, cylinders=4, heads=16, spt=63, path=" +
                 (scratch / "disk.img") +
                 "\n"
                 "boot: disk\n"
                 "clock: sync=none, time0=1\n"
                 "port_e9_hack: enabled=1\n"
                 "panic: action=fatal\n"
                 "sound: driver=dummy\n"
                 "plugin_ctrl: speaker=0, gameport=0, parallel=0\n"
                 "log: " +
                 (scratch / "log") + "\n");
  spawn({"bochs", "-q", "-f", scratch / "bochsrc", "-rc", scratch / "continue"}, scratch);
  return read_file(scratch / "out");
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string folders = path != nullptr ? path : "/usr/bin:/bin";
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    if (fs::exists(fs::path(folders.substr(at, end - at)) / program)) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

// No case is an access twice over: each sets everything up anew.
const std::array<Plan, 2> plans = {{
    {"386", 1, 65536, 3, "i386dx"},
    {"486", 2, 65536, 4, "i486sx"},
}};

std::string missing_packages() {
  std::string missing;
  if (!on_path("bochs")) missing += " bochs";
  if (!fs::exists(bochs_bios)) missing += " bochsbios";
  if (!fs::exists(bochs_vga_bios)) missing += " vgabios";
  if (!on_path("qemu-system-i386")) missing += " qemu-system-x86";
  return missing;
}

std::string run_text(Machine machine, const Programs& programs, const Request& request) {
  const Scratch scratch;
  write_file(scratch / "disk.img", patched(programs.image, request));
  switch (machine) {
    case Machine::Ours:
      return run_ours(scratch, programs, request);
    case Machine::Bochs:
      return run_bochs(scratch);
    case Machine::Qemu:
      return run_qemu(scratch);
  }
  return {};
}

Answers run(Machine machine, const Programs& programs, const Request& request) {
  const std::string text = run_text(machine, programs, request);
  std::optional<Answers> answers = parse_answers(text);
  if (!answers) {
    throw std::runtime_error(std::string(machine_names[static_cast<std::size_t>(machine)]) +
                             " did not end; it printed:\n" +
                             text.substr(text.size() - std::min<std::size_t>(text.size(), 400)));
  }
  return *answers;
}

}  // namespace faultline::peers
