"""The benchmark programs: the rows of programs.txt, and the block that an image begins with."""
import dataclasses
import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent
MAGIC = b"BENCHCFG"


@dataclasses.dataclass(frozen=True)
class Program:
    name: str
    user: str
    kernel: str
    work: int
    param: int
    check: int
    sum: str
    counts: str
    each: int

    def in_mean(self):
        return self.counts == "mean"

    def timed_event(self):
        return None if self.counts in ("mean", "-") else self.counts


def programs():
    rows = {}
    for line in (HERE / "programs.txt").read_text().splitlines():
        word = line.split()
        if not word or word[0].startswith("#"):
            continue
        rows[word[0]] = Program(*word[:3], int(word[3], 0), int(word[4], 0), int(word[5]), word[6],
                                word[7], 0 if word[8] == "-" else int(word[8]))
    return rows


def write_image(source, target, work, time_stamp=False):
    """A copy of an image that does so much work, with the time stamp read around it or not."""
    image = bytearray(pathlib.Path(source).read_bytes())
    at = image.index(MAGIC) + len(MAGIC)
    struct.pack_into("<I", image, at, work)
    struct.pack_into("<I", image, at + 8, int(time_stamp))
    pathlib.Path(target).write_bytes(image)
