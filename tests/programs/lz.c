/* LZ77 with a hash of three bytes: a megabyte of text-like data through a file and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { size = 1 << 20, window = 4095, longest = 18, hashes = 1 << 14 };

static unsigned char data[size], packed[size + size / 8 + 16], again[size];
static int head[hashes], chain[size];

static unsigned random_state = 12345;
static unsigned random_bits(void) {
  random_state = random_state * 1103515245u + 12345u;
  return random_state >> 16;
}

static void make_data(void) {
  static const char* words[] = {"page ",  "fault ", "table ", "entry ", "frame ", "valid ",
                                "dirty ", "linear ", "address\n", "segment ", "0123456789 "};
  int at = 0;
  while (at < size) {
    const char* word = words[random_bits() % 11];
    while (*word != '\0' && at < size) data[at++] = (unsigned char)*word++;
    if (random_bits() % 7 == 0 && at < size) data[at++] = (unsigned char)random_bits();
  }
}

static unsigned hash(const unsigned char* p) {
  return (p[0] * 2654435761u ^ p[1] * 40503u ^ p[2] * 2246822519u) % hashes;
}

static int pack(void) {
  int in = 0, out = 0, flags = 0, bit = 8, i;
  for (i = 0; i < hashes; ++i) head[i] = -1;
  while (in < size) {
    int best = 0, from = 0, tries = 32, at;
    if (bit == 8) {
      flags = out++;
      packed[flags] = 0;
      bit = 0;
    }
    if (in + 3 <= size) {
      for (at = head[hash(data + in)]; at >= 0 && in - at <= window && tries-- > 0; at = chain[at]) {
        int length = 0;
        while (length < longest && in + length < size && data[at + length] == data[in + length])
          ++length;
        if (length > best) {
          best = length;
          from = at;
        }
      }
    }
    if (best >= 3) {
      const unsigned pair = (unsigned)(in - from) << 4 | (unsigned)(best - 3);
      packed[flags] |= (unsigned char)(1 << bit);
      packed[out++] = (unsigned char)(pair >> 8);
      packed[out++] = (unsigned char)pair;
    } else {
      best = 1;
      packed[out++] = data[in];
    }
    for (; best-- > 0; ++in) {
      if (in + 3 <= size) {
        const unsigned h = hash(data + in);
        chain[in] = head[h];
        head[h] = in;
      }
    }
    ++bit;
  }
  return out;
}

static int unpack(int count) {
  int in = 0, out = 0;
  while (in < count) {
    int flags = packed[in++], bit;
    for (bit = 0; bit < 8 && in < count && out < size; ++bit) {
      if ((flags >> bit & 1) == 0) {
        again[out++] = packed[in++];
      } else {
        const unsigned pair = (unsigned)packed[in] << 8 | packed[in + 1];
        int length = (int)(pair & 15) + 3;
        in += 2;
        for (; length-- > 0 && out < size; ++out) again[out] = again[out - (int)(pair >> 4)];
      }
    }
  }
  return out;
}

static unsigned sum(const unsigned char* p, int count) {
  unsigned a = 1, b = 0;
  while (count-- > 0) {
    a = (a + *p++) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

static int through_a_file(int count) {
  FILE* file = fopen("packed.lz", "wb");
  if (file == NULL || fwrite(packed, 1, (size_t)count, file) != (size_t)count || fclose(file) != 0)
    return 0;
  memset(packed, 0, sizeof packed);
  file = fopen("packed.lz", "rb");
  if (file == NULL || fread(packed, 1, sizeof packed, file) != (size_t)count) return 0;
  return fclose(file) == 0 && remove("packed.lz") == 0;
}

int main(void) {
  int count, back;
  make_data();
  count = pack();
  printf("%d bytes packed into %d, sum %08x\n", (int)size, count, sum(packed, count));
  if (!through_a_file(count)) {
    perror("packed.lz");
    return 2;
  }
  back = unpack(count);
  printf("%d bytes again, sum %08x of %08x\n", back, sum(again, back), sum(data, size));
  return back == size && memcmp(data, again, size) == 0 ? 0 : 1;
}
