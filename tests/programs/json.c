/* A JSON parser that prints what it has read in canonical form, or where it is wrong. */
#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct value {
  enum { Null, False, True, Number, String, Array, Object } kind;
  double number;
  char* text; /* of a string; of a member its name */
  struct value *first, *next;
};

static const char *start, *at;
static jmp_buf wrong;
static const char* complaint;

static void fail(const char* what) {
  complaint = what;
  longjmp(wrong, 1);
}

static void blanks(void) {
  while (isspace((unsigned char)*at)) ++at;
}

static struct value* make(int kind) {
  struct value* v = calloc(1, sizeof *v);
  if (v == NULL) fail("no memory");
  v->kind = kind;
  return v;
}

static char* string(void) {
  size_t size = 16, used = 0;
  char* text = malloc(size);
  if (*at++ != '"') fail("a string was expected");
  while (*at != '"') {
    int c = (unsigned char)*at++;
    if (c == '\0') fail("the string has no end");
    if (c == '\\') {
      c = *at++;
      if (c == 'n') c = '\n';
      else if (c == 't') c = '\t';
      else if (c == 'u') {
        char digits[5] = {0};
        strncpy(digits, at, 4);
        c = (int)strtol(digits, NULL, 16) & 0x7F;
        at += strlen(digits);
      } else if (c != '"' && c != '\\' && c != '/') fail("an unknown escape");
    }
    if (used + 1 == size) text = realloc(text, size *= 2);
    text[used++] = (char)c;
  }
  ++at;
  text[used] = '\0';
  return text;
}

static struct value* parse(int depth);

static struct value* list(int kind, int depth) {
  struct value *v = make(kind), **last = &v->first;
  const char end = kind == Array ? ']' : '}';
  ++at;
  blanks();
  while (*at != end) {
    char* name = NULL;
    if (kind == Object) {
      blanks();
      name = string();
      blanks();
      if (*at++ != ':') fail("a colon was expected");
    }
    *last = parse(depth + 1);
    if (name != NULL) {
      struct value* member = make(String);
      member->text = name;
      member->first = *last;
      *last = member;
    }
    last = &(*last)->next;
    blanks();
    if (*at == ',') ++at;
    else if (*at != end) fail("a comma or the end was expected");
  }
  ++at;
  return v;
}

static struct value* word(const char* text, int kind) {
  if (strncmp(at, text, strlen(text)) != 0) fail("an unknown word");
  at += strlen(text);
  return make(kind);
}

static struct value* parse(int depth) {
  char* end;
  struct value* v;
  if (depth > 50) fail("too deep");
  blanks();
  switch (*at) {
    case '{': return list(Object, depth);
    case '[': return list(Array, depth);
    case '"':
      v = make(String);
      v->text = string();
      return v;
    case 't': return word("true", True);
    case 'f': return word("false", False);
    case 'n': return word("null", Null);
    default:
      v = make(Number);
      v->number = strtod(at, &end);
      if (end == at) fail("a value was expected");
      at = end;
      return v;
  }
}

static void print(const struct value* v) {
  const struct value* item;
  switch (v->kind) {
    case Null: printf("null"); break;
    case False: printf("false"); break;
    case True: printf("true"); break;
    case Number: printf("%.17g", v->number); break;
    case String: printf("\"%s\"", v->text); break;
    case Array:
    case Object:
      putchar(v->kind == Array ? '[' : '{');
      for (item = v->first; item != NULL; item = item->next) {
        if (v->kind == Object) {
          printf("\"%s\":", item->text);
          print(item->first);
        } else {
          print(item);
        }
        if (item->next != NULL) putchar(',');
      }
      putchar(v->kind == Array ? ']' : '}');
  }
}

static int read_one(const char* text) {
  const struct value* v;
  start = at = text;
  if (setjmp(wrong) != 0) {
    printf("wrong at %d: %s\n", (int)(at - start), complaint);
    return 1;
  }
  v = parse(0);
  blanks();
  if (*at != '\0') fail("more than one value");
  print(v);
  putchar('\n');
  return 0;
}

int main(void) {
  static const char* texts[] = {
      "{\"name\": \"page\", \"sizes\": [4096, 8192], \"valid\": true, \"dirty\": false, \"next\": null}",
      "[1, -2.5, 1e300, 4.9406564584124654e-324, 0.1, 123456789012345678, 2.2250738585072014E-308]",
      "[[[[[]]]], {}, {\"a\": {\"b\": [\"c\\n\\t\\u0041\\\"\"]}}]",
      "[1, 2",
      "{\"a\" 1}",
      "nul",
      "\"no end",
      "[] []",
  };
  int i, errors = 0;
  for (i = 0; i < (int)(sizeof texts / sizeof texts[0]); ++i) errors += read_one(texts[i]);
  printf("%d texts, %d wrong\n", i, errors);
  return errors == 5 ? 0 : 1;
}
