// COM1.
#pragma once

#include <cstddef>

void HalInitializeSerial();
void HalEnableSerialInput();  // each character goes to IoConsoleReceive
void HalWriteSerial(const char* text, std::size_t length);
