// The receiver of the messages program: a window whose procedure tells what it has got.
#pragma once

#include <windows.h>

inline constexpr char receiver_class[] = "faultline receiver";

inline constexpr UINT ask_text_sum = WM_USER + 101, ask_data_value = WM_USER + 102,
                      ask_data_size = WM_USER + 103, ask_unreadable = WM_USER + 104,
                      ask_parameter = WM_USER + 105, ask_back = WM_USER + 106,
                      ask_early = WM_USER + 107, ask_exit = WM_USER + 108,
                      ask_sleep = WM_USER + 109;

constexpr LRESULT sum_of(const char* bytes, DWORD size) {
  DWORD sum = 1;
  for (DWORD i = 0; i < size; ++i) sum = sum * 31 + static_cast<unsigned char>(bytes[i]);
  return static_cast<LRESULT>(sum & 0x7FFFFFFF);
}

/// Makes the window, sets the event, serves until WM_CLOSE.
int receive(HANDLE ready);
