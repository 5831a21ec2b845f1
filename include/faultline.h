/* faultline.h: the embedding API of Faultline, an i386 and i486 that one can see through.
 *
 * An engine is a processor with its paging unit, its TLB and an empty physical address space, into
 * which the caller maps memory and devices. There is no board: interrupts and ports are the
 * caller's. Any number of engines may exist; each belongs to one thread at a time.
 * docs/embedding.md has a complete program.
 *
 * Every function that returns int returns a FAULTLINE_ERROR_..., or FAULTLINE_OK. An argument that
 * makes no sense, a null pointer among them, is answered with an error and nothing is done.
 *
 * Callbacks are called while the engine runs. They must return: no longjmp and no C++ exception may
 * leave them. In them registers and memory may be read, memory and general registers written, hooks
 * added and removed, and the run be stopped. A code hook may write every register. All else answers
 * FAULTLINE_ERROR_RUNNING. */
#ifndef FAULTLINE_H
#define FAULTLINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct faultline_engine faultline_engine;
typedef struct faultline_context faultline_context;

/* ---- Errors and versions ------------------------------------------------------------------- */

enum {
  FAULTLINE_OK,
  FAULTLINE_ERROR_ARGUMENT,    /* a null pointer, or a number outside its range */
  FAULTLINE_ERROR_MODEL,       /* no such model, a context of another one, or no errata */
  FAULTLINE_ERROR_MEMORY,      /* the host has no memory left to give */
  FAULTLINE_ERROR_ALIGNMENT,   /* not whole granules of 4 KB below 4 GB */
  FAULTLINE_ERROR_OVERLAP,     /* something is mapped there already */
  FAULTLINE_ERROR_UNMAPPED,    /* no memory at that physical address; devices are not memory */
  FAULTLINE_ERROR_READ_ONLY,   /* that memory is a ROM */
  FAULTLINE_ERROR_NOT_PRESENT, /* the page tables have no page at that linear address */
  FAULTLINE_ERROR_REGISTER,    /* the model has no such register, or it cannot be written */
  FAULTLINE_ERROR_VALUE,       /* the register does not take that value */
  FAULTLINE_ERROR_DESCRIPTOR,  /* the selector names no descriptor that fits the register */
  FAULTLINE_ERROR_HOOK,        /* no such hook */
  FAULTLINE_ERROR_RUNNING,     /* not while the engine runs */
  FAULTLINE_ERROR_INTERNAL     /* a mistake of the library */
};

/* What an error means, in English; of any number. */
const char *faultline_strerror(int error);

/* major << 16 | minor << 8 | patch of the library that is linked. */
uint32_t faultline_version(void);
const char *faultline_version_string(void);

/* ---- Engines ------------------------------------------------------------------------------- */

/* Names of the models, from 0 on, as faultline_open takes them; NULL beyond the last. */
const char *faultline_model_name(size_t index);

/* A processor after RESET: real mode, about to fetch from FFFFFFF0h, clocks by the model's table.
 * The paging scheme is the library's: faultline_page_size. */
int faultline_open(const char *model, faultline_engine **engine);
/* NULL is no engine and no error. */
int faultline_close(faultline_engine *engine);

/* Bytes of a page: 4096 of the i386 build, 8192 of the alpha build. */
uint32_t faultline_page_size(void);

enum { FAULTLINE_TIMING_NONE, FAULTLINE_TIMING_TABLE };
/* What an instruction costs: one clock each, or what the model's manual says. */
int faultline_set_timing(faultline_engine *engine, int timing);

/* Whether the engine shows the errata of its model's stepping; 0 to begin with.
 * FAULTLINE_ERROR_MODEL when the model has none to show. */
int faultline_set_errata(faultline_engine *engine, int shown);

/* The RESET pin. Memory, hooks and counters stay. */
int faultline_reset(faultline_engine *engine);
/* What most programs want to begin with: protected mode, all six segments 4 GB from 0 with 32-bit
 * code at privilege 0, paging off. There is no GDT and no IDT. */
int faultline_enter_flat32(faultline_engine *engine);

/* ---- Memory -------------------------------------------------------------------------------- */

/* Granules of physical memory: addresses and sizes below are multiples of it. */
#define FAULTLINE_GRANULE 4096u

/* Zeroed RAM of the library's. */
int faultline_map_ram(faultline_engine *engine, uint32_t address, uint32_t size);
/* RAM whose bytes are the caller's, and must stay where they are while they are mapped. Only
 * faultline_write_physical may change bytes there that have been executed. */
int faultline_map_host(faultline_engine *engine, uint32_t address, uint32_t size, void *bytes);
/* A copy of `image`, which the guest cannot write. */
int faultline_map_rom(faultline_engine *engine, uint32_t address, uint32_t size, const void *image);

/* `offset` counts from the device's address; `size` is 1, 2 or 4. */
typedef uint32_t (*faultline_device_read)(faultline_engine *engine, uint32_t offset, uint32_t size,
                                          void *user);
typedef void (*faultline_device_write)(faultline_engine *engine, uint32_t offset, uint32_t size,
                                       uint32_t value, void *user);
/* A device in memory. Without `read` it reads as all ones, without `write` it loses writes. */
int faultline_map_device(faultline_engine *engine, uint32_t address, uint32_t size,
                         faultline_device_read read, faultline_device_write write, void *user);
/* Takes away what was mapped at exactly `address`. */
int faultline_unmap(faultline_engine *engine, uint32_t address);

/* Bytes of RAM and ROM, all of them or an error and none. Decoded code is kept coherent. */
int faultline_read_physical(faultline_engine *engine, uint32_t address, void *to, size_t size);
int faultline_write_physical(faultline_engine *engine, uint32_t address, const void *from,
                             size_t size);
/* The same at linear addresses, as the page tables in memory say: the TLB is neither asked nor
 * filled, no accessed or dirty bit is set, rights do not matter, nothing faults. */
int faultline_read_linear(faultline_engine *engine, uint32_t address, void *to, size_t size);
int faultline_write_linear(faultline_engine *engine, uint32_t address, const void *from,
                           size_t size);
int faultline_translate(faultline_engine *engine, uint32_t linear, uint32_t *physical);

/* ---- Registers ----------------------------------------------------------------------------- */

enum {
  FAULTLINE_EAX, FAULTLINE_ECX, FAULTLINE_EDX, FAULTLINE_EBX,
  FAULTLINE_ESP, FAULTLINE_EBP, FAULTLINE_ESI, FAULTLINE_EDI,
  FAULTLINE_EIP, FAULTLINE_EFLAGS,
  FAULTLINE_ES, FAULTLINE_CS, FAULTLINE_SS, FAULTLINE_DS, FAULTLINE_FS, FAULTLINE_GS,
  FAULTLINE_LDTR, FAULTLINE_TR,
  FAULTLINE_CR0, FAULTLINE_CR2, FAULTLINE_CR3,
  FAULTLINE_DR0, FAULTLINE_DR1, FAULTLINE_DR2, FAULTLINE_DR3, FAULTLINE_DR6, FAULTLINE_DR7,
  FAULTLINE_CPL, /* cannot be written: it is the DPL in the hidden part of SS */
  /* Test registers, of the models that have them: a write of TR5 or TR6 carries out its command. */
  FAULTLINE_TR3, FAULTLINE_TR4, FAULTLINE_TR5, FAULTLINE_TR6, FAULTLINE_TR7,
  FAULTLINE_REGISTER_COUNT
};

int faultline_read_register(faultline_engine *engine, int reg, uint32_t *value);
/* Control and debug registers take a value as MOV at privilege 0 does: CR3 flushes the TLB, bits
 * the model lacks are dropped, FAULTLINE_ERROR_VALUE where MOV faults. A selector loads the hidden
 * part too: from the descriptor table in protected mode, without checks of privilege and without
 * side effects, else as a paragraph number. LDTR and TR take null only where LLDT does. */
int faultline_write_register(faultline_engine *engine, int reg, uint32_t value);

/* The hidden part of FAULTLINE_ES to FAULTLINE_GS, FAULTLINE_LDTR and FAULTLINE_TR. */
typedef struct faultline_segment {
  uint32_t base;
  uint32_t limit;      /* offset of the last byte, granularity applied */
  uint16_t selector;
  uint8_t access;      /* the descriptor's access byte; 0 where the segment is null */
  uint8_t default_big; /* the D/B bit: 0 or 1 */
} faultline_segment;
int faultline_read_segment(faultline_engine *engine, int reg, faultline_segment *segment);
/* No table is asked, and nothing is checked: how LOADALL loads it. */
int faultline_write_segment(faultline_engine *engine, int reg, const faultline_segment *segment);

enum { FAULTLINE_GDTR, FAULTLINE_IDTR };
int faultline_read_table(faultline_engine *engine, int table, uint32_t *base, uint16_t *limit);
int faultline_write_table(faultline_engine *engine, int table, uint32_t base, uint16_t limit);

/* The x87. FAULTLINE_ERROR_REGISTER from a model without one. */
typedef struct faultline_x87 {
  struct {
    uint64_t significand;
    uint16_t sign_exponent;
  } st[8]; /* st[i] is ST(i) */
  uint16_t control;
  uint16_t status; /* TOP is in it */
  uint16_t tags;   /* by physical register; of what is written only "empty" matters */
  uint16_t opcode;
  uint32_t instruction_offset, operand_offset;
  uint16_t instruction_selector, operand_selector;
} faultline_x87;
int faultline_read_x87(faultline_engine *engine, faultline_x87 *x87);
int faultline_write_x87(faultline_engine *engine, const faultline_x87 *x87);

/* ---- Counters and the TLB ------------------------------------------------------------------ */

typedef struct faultline_counters {
  uint64_t clocks;
  uint64_t instructions;           /* completed */
  uint64_t tlb_hits;               /* of data accesses made with paging on, a page each */
  uint64_t tlb_misses;             /* the same */
  uint64_t tlb_instruction_misses; /* fetches inside the running page are not looked up */
  uint64_t tlb_refreshes;          /* hits that walked: first write, stale rights */
  uint64_t tlb_evictions;
  uint64_t tlb_flushes;
  uint64_t tlb_page_flushes;
} faultline_counters;
int faultline_read_counters(faultline_engine *engine, faultline_counters *counters);

/* The i386 build has one TLB, DATA, for both; the alpha build has two. */
enum { FAULTLINE_TLB_DATA, FAULTLINE_TLB_INSTRUCTION };
typedef struct faultline_tlb {
  uint32_t sets, ways;
} faultline_tlb;
int faultline_read_tlb(faultline_engine *engine, int tlb, faultline_tlb *shape);

typedef struct faultline_tlb_entry {
  uint32_t page;  /* linear address of its first byte */
  uint32_t frame; /* physical address of its first byte */
  uint8_t valid, dirty, user, writable;
} faultline_tlb_entry;
int faultline_read_tlb_entry(faultline_engine *engine, int tlb, uint32_t set, uint32_t way,
                             faultline_tlb_entry *entry);
/* The way of a full set that the next fill replaces. */
int faultline_read_tlb_victim(faultline_engine *engine, int tlb, uint32_t set, uint32_t *way);

/* ---- Running ------------------------------------------------------------------------------- */

#define FAULTLINE_NOWHERE UINT64_MAX

/* Runs from EIP = `begin`. Ends before the instruction at EIP = `until` (FAULTLINE_NOWHERE: no such
 * end), when `clocks` have passed, or before instruction `count` + 1 (0: no such end). `begin` and
 * `until` are offsets in CS, not linear addresses. An exception is delivered through the guest's
 * IDT; the instruction that raised it counts as one. A run with `until`, `count` or a hook other
 * than one on ports goes instruction by instruction and is slower.
 *
 * FAULTLINE_OK says that the run went as it should, faultline_stop_reason how it ended. */
int faultline_start(faultline_engine *engine, uint32_t begin, uint64_t until, uint64_t clocks,
                    uint64_t count);
/* One instruction, or the delivery of an exception in its place, from where the engine stands. */
int faultline_step(faultline_engine *engine);
/* From a callback: ends the run before the next instruction; in a code hook, before this one. */
int faultline_stop(faultline_engine *engine);

enum {
  FAULTLINE_STOP_NONE,        /* has not run yet */
  FAULTLINE_STOP_UNTIL,       /* EIP is `until` */
  FAULTLINE_STOP_COUNT,
  FAULTLINE_STOP_CLOCKS,
  FAULTLINE_STOP_HALTED,      /* HLT; EIP is behind it */
  FAULTLINE_STOP_SHUTDOWN,    /* an exception while the double fault was delivered; the registers
                                 are as that exception left them */
  FAULTLINE_STOP_REQUESTED    /* faultline_stop */
};
/* How the last run ended. Of NULL, FAULTLINE_STOP_NONE. */
int faultline_stop_reason(const faultline_engine *engine);

/* Raises INTR until the processor takes it and answers with `vector`. */
int faultline_raise_interrupt(faultline_engine *engine, uint8_t vector);
int faultline_raise_nmi(faultline_engine *engine);

/* ---- Hooks --------------------------------------------------------------------------------- */

typedef uint64_t faultline_hook; /* never 0 */

/* Hooks with `first` and `last` see what lies from one to the other; FAULTLINE_EVERYWHERE is a pair
 * of arguments. One added from a callback takes part from the next run on at the latest. */
#define FAULTLINE_EVERYWHERE 0u, UINT32_MAX

/* Before an instruction: its linear address and length. The length is 0 where its bytes cannot be
 * read or decoded: an exception comes in its place. */
typedef void (*faultline_code_hook)(faultline_engine *engine, uint32_t address, uint32_t length,
                                    void *user);
int faultline_hook_code(faultline_engine *engine, uint32_t first, uint32_t last,
                        faultline_code_hook callback, void *user, faultline_hook *hook);

enum { FAULTLINE_READ = 1, FAULTLINE_WRITE = 2, FAULTLINE_FETCH = 4 };
/* An access that has succeeded, by linear address. The kind is one of the three. Descriptor tables
 * and stacks are accesses like others, page walks are not among them. A fetch is one of a whole
 * instruction; its value is the first four bytes. */
typedef struct faultline_access {
  uint32_t kind;
  uint32_t address;
  uint32_t size;
  uint32_t value;
} faultline_access;
typedef void (*faultline_memory_hook)(faultline_engine *engine, const faultline_access *access,
                                      void *user);
/* `kinds` is a sum of kinds. */
int faultline_hook_memory(faultline_engine *engine, uint32_t kinds, uint32_t first, uint32_t last,
                          faultline_memory_hook callback, void *user, faultline_hook *hook);

enum {
  FAULTLINE_CAUSE_DIRECTORY,  /* the directory entry is not present */
  FAULTLINE_CAUSE_TABLE,      /* the page-table entry is not present */
  FAULTLINE_CAUSE_PROTECTION  /* both are: the rights do not allow the access */
};
/* A page fault as the paging unit found it; EIP is still the instruction's. The entries are as in
 * memory now, without side effects; the PTE's are 0 where the directory entry is not present. */
typedef struct faultline_page_fault {
  uint32_t cr2;
  uint32_t error_code;
  uint32_t kind; /* FAULTLINE_READ, _WRITE or _FETCH, which the error code does not tell */
  uint32_t cause;
  uint32_t pde_address, pde;
  uint32_t pte_address, pte;
} faultline_page_fault;
typedef void (*faultline_fault_hook)(faultline_engine *engine, const faultline_page_fault *fault,
                                     void *user);
/* By CR2. */
int faultline_hook_fault(faultline_engine *engine, uint32_t first, uint32_t last,
                         faultline_fault_hook callback, void *user, faultline_hook *hook);

typedef struct faultline_interrupt {
  uint8_t vector;
  uint8_t external;       /* INTR or NMI */
  uint8_t has_error_code;
  uint32_t error_code;
  uint32_t return_eip;    /* the instruction's of a fault, the next one's of INT n */
} faultline_interrupt;
/* Before an interrupt or exception goes through the IDT. Returning 0 lets it; anything else takes
 * it away, and execution goes on at *resume_eip, which is `return_eip` unless the callback changes
 * it. */
typedef int (*faultline_interrupt_hook)(faultline_engine *engine,
                                        const faultline_interrupt *interrupt, uint32_t *resume_eip,
                                        void *user);
int faultline_hook_interrupt(faultline_engine *engine, faultline_interrupt_hook callback,
                             void *user, faultline_hook *hook);

/* Ports; `size` is 1, 2 or 4. Of several hooks on a port the one added last answers a read, all see
 * a write. A port without a hook reads as all ones. */
typedef uint32_t (*faultline_port_read)(faultline_engine *engine, uint16_t port, uint32_t size,
                                        void *user);
typedef void (*faultline_port_write)(faultline_engine *engine, uint16_t port, uint32_t size,
                                     uint32_t value, void *user);
int faultline_hook_port_read(faultline_engine *engine, uint16_t first, uint16_t last,
                             faultline_port_read callback, void *user, faultline_hook *hook);
int faultline_hook_port_write(faultline_engine *engine, uint16_t first, uint16_t last,
                              faultline_port_write callback, void *user, faultline_hook *hook);

int faultline_unhook(faultline_engine *engine, faultline_hook hook);

/* ---- Contexts ------------------------------------------------------------------------------ */

/* All that the processor is, hidden registers, TLB, counters and pending interrupts included, and
 * nothing of memory, hooks and timing. */
int faultline_context_alloc(faultline_engine *engine, faultline_context **context);
int faultline_context_save(faultline_engine *engine, faultline_context *context);
/* Into any engine of the same model. */
int faultline_context_restore(faultline_engine *engine, const faultline_context *context);
/* NULL is no context and no error. */
int faultline_context_free(faultline_context *context);

#ifdef __cplusplus
}
#endif

#endif
