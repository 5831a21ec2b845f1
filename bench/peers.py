"""The machines that are timed: how each is started, and one run of a program on it."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import programs

BOCHS_BIOS = "/usr/share/bochs/BIOS-bochs-legacy"
BOCHS_VGA_BIOS = "/usr/share/bochs/VGABIOS-lgpl-latest"
# Debian's Bochs has the debugger in it, which wants to be told to continue. The display is the one
# that needs no screen; nobody will call.
BOCHSRC = """config_interface: textconfig
display_library: rfb, options="timeout=0"
romimage: file={bios}
vgaromimage: file={vga_bios}
cpu: model=pentium, count=1, ips=100000000, reset_on_triple_fault=0
memory: guest=64, host=64
ata0-master: type=disk, mode=flat, cylinders=4, heads=16, spt=63, path={image}
boot: disk
clock: sync=none, time0=1
port_e9_hack: enabled=1
panic: action=fatal
sound: driver=dummy
plugin_ctrl: speaker=0, gameport=0, parallel=0
log: {log}
"""


class Failed(Exception):
    """A guest that panicked, or said nothing in time."""


class Run:
    """What a run said, and the processor time that its process took for it."""

    def __init__(self, words, seconds):
        said = dict(word.split("=") for word in words)
        self.sum, self.events = said["sum"], int(said["events"])
        self.clocks = int(said["clocks"], 16)
        self.seconds = seconds


class Peer:
    packages = {}  # Debian package: what shows that it is there

    def missing(self):
        return [package for package, thing in self.packages.items()
                if not (shutil.which(thing) or os.path.exists(thing))]

    def run(self, image, timeout):
        with tempfile.TemporaryDirectory() as scratch:
            return run(self.command(pathlib.Path(image), pathlib.Path(scratch)), timeout)


class Faultline(Peer):
    def __init__(self, binary, options=()):
        self.binary, self.options = binary, list(options)

    def command(self, image, scratch):
        return [self.binary, "boot", "--headless", "--serial", "none", "--overlay", "--mem", "64M",
                "--disk", image, *self.options]


class Bochs(Peer):
    packages = {"bochs": "bochs", "bochsbios": BOCHS_BIOS, "vgabios": BOCHS_VGA_BIOS}

    def command(self, image, scratch):
        (scratch / "continue").write_text("c\n")
        (scratch / "bochsrc").write_text(BOCHSRC.format(
            bios=BOCHS_BIOS, vga_bios=BOCHS_VGA_BIOS, image=image, log=scratch / "log"))
        return ["bochs", "-q", "-f", scratch / "bochsrc", "-rc", scratch / "continue"]


class Qemu(Peer):
    packages = {"qemu-system-x86": "qemu-system-i386"}

    def command(self, image, scratch):
        return ["qemu-system-i386", "-M", "pc,accel=tcg", "-cpu", "486", "-m", "64", "-display",
                "none", "-nodefaults", "-no-reboot", "-debugcon", "stdio", "-device",
                "isa-debug-exit,iobase=0xf4,iosize=1", "-drive",
                f"format=raw,if=ide,snapshot=on,file={image}"]


def processor_seconds(pid):
    """User and system time of all threads of a process that has not been waited for."""
    return time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of its CPU clock


def run(command, timeout):
    """Starts a machine. Its time is what passes between the guest's BENCH and RESULT lines."""
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    kill = lambda *_: os.killpg(process.pid, signal.SIGKILL)
    limit = threading.Timer(timeout, kill)
    limit.start()
    begin = result = None
    try:
        for raw in process.stdout:
            line = re.search(r"(BENCH|RESULT|PANIC) .*", raw.decode("latin-1"))
            if not line:
                continue
            words = line[0].split()
            if words[0] == "PANIC":
                raise Failed(line[0])
            now = processor_seconds(process.pid)
            if words[0] == "BENCH":
                begin = now
            elif begin is not None:
                result = Run(words[2:], now - begin)
                break
    finally:
        limit.cancel()
        try:
            process.wait(timeout=timeout if result else 0.1)
        except subprocess.TimeoutExpired:
            kill()
            process.wait()
        process.stdout.close()
    if result is None:
        raise Failed(f"no result within {timeout} s" if begin else "it did not start")
    return result


def run_program(peer, program, image, work, timeout=120, time_stamp=False):
    with tempfile.NamedTemporaryFile(suffix=".img") as copy:
        programs.write_image(image, copy.name, work, time_stamp)
        return peer.run(copy.name, timeout)
