// Windows and messages as user32 and the kernel exchange them. Programs see only user32.
#pragma once

#include "kernel/nt/types.hpp"

/// What a thread takes out of its queue, the first seven words as Win32's MSG.
struct USER_MESSAGE {
  HANDLE Window;
  ULONG Message, wParam, lParam;
  ULONG Time;  // ms since boot
  LONG PointX, PointY;
  ULONG Kind;      // UserPosted, UserSent or UserReply
  ULONG Number;    // of a sent message and of its reply
  ULONG DataSize;  // bytes that NtUserGetMessageData gives
  ULONG Result;    // of a reply
};
static_assert(sizeof(USER_MESSAGE) == 44);

enum : ULONG { UserPosted, UserSent, UserReply };

/// NtUserGetMessage: take it out; wait for one.
inline constexpr ULONG USER_REMOVE = 1, USER_WAIT = 2;

struct USER_WINDOW_INFORMATION {
  HANDLE Process, Thread;
  HANDLE Parent;
};

inline constexpr ULONG WM_QUIT_MESSAGE = 0x0012;
inline constexpr ULONG USER_TEXT_CAPACITY = 256;        // characters of a class name or a title
inline constexpr ULONG USER_POSTED_CAPACITY = 10'000;   // messages in a queue
inline constexpr ULONG USER_DATA_CAPACITY = 0x10'0000;  // bytes that go with a sent message
