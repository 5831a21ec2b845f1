// A library that imports what nobody has.
#include "guest/conformance/library/record.hpp"

extern "C" __declspec(dllimport) int missing_from_it();

extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD, void*) { return missing_from_it(); }
