// ntdll's entry point. The loader never calls it: ntdll is there before there is a loader.
#include "guest/ntdll/ntdll.hpp"

extern "C" BOOLEAN NTAPI DllEntry(PVOID, ULONG, PVOID) { return TRUE; }
