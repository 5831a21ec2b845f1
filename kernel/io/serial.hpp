// COM1.
#pragma once

#include <cstddef>

void HalInitializeSerial();
void HalEnableSerialInput();  // each character goes to IoConsoleReceive
/// Flow control: whether the other side may send (RTS).
void HalAcceptSerialInput(bool accept);
void HalWriteSerial(const char* text, std::size_t length);
