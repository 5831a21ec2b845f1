/* Lines, words and characters of a file or of the standard input. */
#include <ctype.h>
#include <stdio.h>

int main(int argc, char** argv) {
  FILE* file = argc > 1 ? fopen(argv[1], "r") : stdin;
  long lines = 0, words = 0, characters = 0;
  int c, in_word = 0;
  if (file == NULL) {
    perror(argv[1]);
    return 2;
  }
  while ((c = getc(file)) != EOF) {
    ++characters;
    if (c == '\n') ++lines;
    if (isspace(c)) {
      in_word = 0;
    } else if (!in_word) {
      in_word = 1;
      ++words;
    }
  }
  printf("%7ld %7ld %7ld %s\n", lines, words, characters, argc > 1 ? argv[1] : "-");
  return fclose(file) == 0 ? 0 : 2;
}
