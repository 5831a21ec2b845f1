// Error codes in words.
#include "api/abi.hpp"

extern "C" const char* faultline_strerror(int error) {
  switch (error) {
    case FAULTLINE_OK:
      return "no error";
    case FAULTLINE_ERROR_ARGUMENT:
      return "a null pointer, or a number outside its range";
    case FAULTLINE_ERROR_MODEL:
      return "no such model, a context of another one, or no errata to show";
    case FAULTLINE_ERROR_MEMORY:
      return "the host has no memory left";
    case FAULTLINE_ERROR_ALIGNMENT:
      return "not whole granules of 4 KB below 4 GB";
    case FAULTLINE_ERROR_OVERLAP:
      return "something is mapped there already";
    case FAULTLINE_ERROR_UNMAPPED:
      return "no memory at that physical address";
    case FAULTLINE_ERROR_READ_ONLY:
      return "the memory is a ROM";
    case FAULTLINE_ERROR_NOT_PRESENT:
      return "no page is present at that linear address";
    case FAULTLINE_ERROR_REGISTER:
      return "no such register in this model, or one that cannot be written";
    case FAULTLINE_ERROR_VALUE:
      return "the register does not take that value";
    case FAULTLINE_ERROR_DESCRIPTOR:
      return "the selector names no descriptor that fits the register";
    case FAULTLINE_ERROR_HOOK:
      return "no such hook";
    case FAULTLINE_ERROR_RUNNING:
      return "not while the engine runs";
    case FAULTLINE_ERROR_INTERNAL:
      return "a mistake of the library";
    default:
      return "no such error";
  }
}
