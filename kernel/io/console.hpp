// The console: COM1 and the screen as one device with lines for input.
#pragma once

#include <cstddef>

#include "kernel/ke/trap_frame.hpp"

void IoInitializeConsole();  // output works from here on
void IoEnableConsoleInput();

/// The kernel's own words: COM1 and the screen, \n as \r\n.
void IoConsolePrint(const char* text, std::size_t length);
void DbgPrint(const char* format, ...);

/// A program's words. While a program is run for the host (RUN=) they go to port E9h alone, as
/// they are.
void IoConsoleWrite(const char* text, std::size_t length);
void IoSetConsoleRaw(bool raw);

/// Waits for a line; at most `size` bytes of it. 0 is end of file. STATUS_USER_APC when the thread
/// is to end.
NTSTATUS IoConsoleRead(char* buffer, ULONG size, ULONG& count);

/// At interrupt level: a character has come in.
void IoConsoleReceive(char c);
