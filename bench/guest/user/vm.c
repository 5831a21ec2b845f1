/* A bytecode interpreter: indirect branches the host predicts badly. */
#include "bench/guest/bench.h"
enum { PUSH, LOAD, STORE, ADD, SUB, MUL, LT, EQ, JZ, JMP, DUP, XOR, SHR, AND, DROP, END };
/* acc = 0; for (i = 0; i < 200; i++) { x = i * 7 + 3; steps = 0;
 * while (x != 1 && steps < 20) { x = x & 1 ? 3 * x + 1 : x >> 1; steps++; }
 * acc ^= x + steps; } */
static u8 prog[128];
static u32 emit(u32 at, u8 op) {
  prog[at] = op;
  return at + 1;
}
static u32 emit2(u32 at, u8 op, u8 arg) {
  prog[at] = op;
  prog[at + 1] = arg;
  return at + 2;
}
static void build(void) {
  u32 p = 0, top, out, loop, exit1, exit2, cont, even, join;
  p = emit2(p, PUSH, 0);
  p = emit2(p, STORE, 0);
  p = emit2(p, PUSH, 0);
  p = emit2(p, STORE, 3);
  top = p;
  p = emit2(p, LOAD, 0);
  p = emit2(p, PUSH, 200);
  p = emit(p, LT);
  out = p;
  p = emit2(p, JZ, 0);
  p = emit2(p, LOAD, 0);
  p = emit2(p, PUSH, 7);
  p = emit(p, MUL);
  p = emit2(p, PUSH, 3);
  p = emit(p, ADD);
  p = emit2(p, STORE, 1);
  p = emit2(p, PUSH, 0);
  p = emit2(p, STORE, 2);
  loop = p;
  p = emit2(p, LOAD, 1);
  p = emit2(p, PUSH, 1);
  p = emit(p, EQ);
  cont = p;
  p = emit2(p, JZ, 0);
  exit1 = p;
  p = emit2(p, JMP, 0);
  prog[cont + 1] = p;
  p = emit2(p, LOAD, 2);
  p = emit2(p, PUSH, 20);
  p = emit(p, LT);
  exit2 = p;
  p = emit2(p, JZ, 0);
  p = emit2(p, LOAD, 1);
  p = emit(p, DUP);
  p = emit2(p, PUSH, 1);
  p = emit(p, AND);
  even = p;
  p = emit2(p, JZ, 0);
  p = emit2(p, PUSH, 3);
  p = emit(p, MUL);
  p = emit2(p, PUSH, 1);
  p = emit(p, ADD);
  join = p;
  p = emit2(p, JMP, 0);
  prog[even + 1] = p;
  p = emit2(p, PUSH, 1);
  p = emit(p, SHR);
  prog[join + 1] = p;
  p = emit2(p, STORE, 1);
  p = emit2(p, LOAD, 2);
  p = emit2(p, PUSH, 1);
  p = emit(p, ADD);
  p = emit2(p, STORE, 2);
  p = emit2(p, JMP, loop);
  prog[exit1 + 1] = prog[exit2 + 1] = p;
  p = emit2(p, LOAD, 1);
  p = emit2(p, LOAD, 2);
  p = emit(p, ADD);
  p = emit2(p, LOAD, 3);
  p = emit(p, XOR);
  p = emit2(p, STORE, 3);
  p = emit2(p, LOAD, 0);
  p = emit2(p, PUSH, 1);
  p = emit(p, ADD);
  p = emit2(p, STORE, 0);
  p = emit2(p, JMP, top);
  prog[out + 1] = p;
  emit(p, END);
}
static __attribute__((noinline)) u32 run(const u8* pc0) {
  u32 stack[16], var[4], *sp = stack;
  const u8* pc = pc0;
  for (;;) switch (*pc++) {
      case PUSH:
        *sp++ = *pc++;
        break;
      case LOAD:
        *sp++ = var[*pc++];
        break;
      case STORE:
        var[*pc++] = *--sp;
        break;
      case ADD:
        sp--;
        sp[-1] += *sp;
        break;
      case SUB:
        sp--;
        sp[-1] -= *sp;
        break;
      case MUL:
        sp--;
        sp[-1] *= *sp;
        break;
      case LT:
        sp--;
        sp[-1] = sp[-1] < *sp;
        break;
      case EQ:
        sp--;
        sp[-1] = sp[-1] == *sp;
        break;
      case JZ:
        if (*--sp)
          pc++;
        else
          pc = pc0 + *pc;
        break;
      case JMP:
        pc = pc0 + *pc;
        break;
      case DUP:
        *sp = sp[-1];
        sp++;
        break;
      case XOR:
        sp--;
        sp[-1] ^= *sp;
        break;
      case SHR:
        sp--;
        sp[-1] >>= *sp;
        break;
      case AND:
        sp--;
        sp[-1] &= *sp;
        break;
      case DROP:
        sp--;
        break;
      default:
        return var[3];
    }
}
u32 user_main(u32 work, u32 param) {
  u32 r = param;
  build();
  while (work--) r += run(prog);
  return r;
}
