// The mnemonics, spelled as the manual does; SETcc and Jcc by their condition. [386 §17.2.2] [387 §4]
#pragma once

#include <string_view>

#include "mmu/clock.hpp"

namespace faultline {

// clang-format off
#define FAULTLINE_MNEMONICS(X) \
  X(AAA) X(AAD) X(AAM) X(AAS) X(ADC) X(ADD) X(AND) X(ARPL) X(BOUND) X(BSF) X(BSR) X(BSWAP) X(BT) \
  X(BTC) X(BTR) X(BTS) X(CALL) X(CALLF) X(CBW) X(CLC) X(CLD) X(CLI) X(CLTS) X(CMC) X(CMP) X(CMPS) \
  X(CMPXCHG) X(CWD) X(DAA) X(DAS) X(DEC) X(DIV) X(ENTER) X(ESC) X(HLT) X(IDIV) X(IMUL) X(IMUL3) \
  X(IN) X(INC) X(INS) X(INT) X(INT3) X(INTO) X(INVD) X(INVLPG) X(IRET) \
  X(JO) X(JNO) X(JB) X(JAE) X(JE) X(JNE) X(JBE) X(JA) X(JS) X(JNS) X(JP) X(JNP) X(JL) X(JGE) X(JLE) X(JG) \
  X(JCXZ) X(JMP) X(JMPF) X(LAHF) X(LAR) X(LDS) X(LEA) X(LEAVE) X(LES) X(LFS) X(LGDT) X(LGS) X(LIDT) \
  X(LLDT) X(LMSW) X(LOADALL) X(LODS) X(LOOP) X(LOOPE) X(LOOPNE) X(LSL) X(LSS) X(LTR) X(MOV) \
  X(MOVCR) X(MOVDR) X(MOVS) X(MOVSREG) X(MOVSX) X(MOVTR) X(MOVZX) X(MUL) X(NEG) X(NOP) X(NOT) X(OR) \
  X(OUT) X(OUTS) X(POP) X(POPA) X(POPF) X(POPSREG) X(PUSH) X(PUSHA) X(PUSHF) X(PUSHSREG) X(RCL) X(RCR) \
  X(RET) X(RETF) X(ROL) X(ROR) X(SAHF) X(SALC) X(SAR) X(SBB) X(SCAS) \
  X(SETO) X(SETNO) X(SETB) X(SETAE) X(SETE) X(SETNE) X(SETBE) X(SETA) X(SETS) X(SETNS) X(SETP) X(SETNP) \
  X(SETL) X(SETGE) X(SETLE) X(SETG) \
  X(SGDT) X(SHL) X(SHLD) X(SHR) X(SHRD) X(SIDT) X(SLDT) X(SMSW) X(STC) X(STD) X(STI) X(STOS) X(STR) \
  X(SUB) X(TEST) X(VERR) X(VERW) X(WAIT) X(WBINVD) X(XADD) X(XCHG) X(XLAT) X(XOR) \
  X(F2XM1) X(FABS) X(FADD) X(FADDP) X(FBLD) X(FBSTP) X(FCHS) X(FNCLEX) X(FCOM) X(FCOMP) X(FCOMPP) \
  X(FCOS) X(FDECSTP) X(FDISI) X(FDIV) X(FDIVP) X(FDIVR) X(FDIVRP) X(FENI) X(FFREE) X(FFREEP) \
  X(FIADD) X(FICOM) X(FICOMP) X(FIDIV) X(FIDIVR) X(FILD) X(FIMUL) X(FINCSTP) X(FNINIT) X(FIST) \
  X(FISTP) X(FISUB) X(FISUBR) X(FLD) X(FLD1) X(FLDCW) X(FLDENV) X(FLDL2E) X(FLDL2T) X(FLDLG2) \
  X(FLDLN2) X(FLDPI) X(FLDZ) X(FMUL) X(FMULP) X(FNOP) X(FPATAN) X(FPREM) X(FPREM1) X(FPTAN) \
  X(FRNDINT) X(FRSTOR) X(FNSAVE) X(FSCALE) X(FSETPM) X(FSIN) X(FSINCOS) X(FSQRT) X(FST) X(FNSTCW) \
  X(FNSTENV) X(FSTP) X(FNSTSW) X(FSUB) X(FSUBP) X(FSUBR) X(FSUBRP) X(FTST) X(FUCOM) X(FUCOMP) \
  X(FUCOMPP) X(FXAM) X(FXCH) X(FXTRACT) X(FYL2X) X(FYL2XP1)
// clang-format on

enum class Mnemonic : u16 {
#define FAULTLINE_ENUM(name) name,
  FAULTLINE_MNEMONICS(FAULTLINE_ENUM)
#undef FAULTLINE_ENUM
};

/// The mnemonic's name in the table; disassembly text is made from it in cpu/decode.
constexpr std::string_view name_of(Mnemonic m) {
  constexpr std::string_view names[] = {
#define FAULTLINE_NAME(name) #name,
      FAULTLINE_MNEMONICS(FAULTLINE_NAME)
#undef FAULTLINE_NAME
  };
  return names[static_cast<unsigned>(m)];
}

}  // namespace faultline
