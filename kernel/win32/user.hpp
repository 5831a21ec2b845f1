// Windows, message queues, and messages sent between threads. A thread gets its queue with its
// first window or message. One lock is over everything here; nobody waits while holding it.
#pragma once

#include "kernel/nt/user_message.hpp"
#include "kernel/ps/process.hpp"

struct USER_QUEUE {
  ETHREAD* Thread;
  KEVENT Arrived;
  LIST_ENTRY Posted;  // USER_POSTED_MESSAGE
  ULONG PostedCount;
  LIST_ENTRY Sent;         // USER_SEND, to be taken
  LIST_ENTRY Processing;   // USER_SEND, taken and not yet answered
  LIST_ENTRY Outstanding;  // USER_SEND, this thread's own
  BOOLEAN QuitPosted;
  ULONG QuitCode;
};

struct USER_POSTED_MESSAGE {
  LIST_ENTRY Entry;
  USER_MESSAGE Message;
};

enum USER_SEND_STATE : ULONG {
  UserSendWaiting,
  UserSendProcessing,
  UserSendAnswered,
  UserSendFailed
};

/// Lives until the receiver has answered (or ended) and the sender has its reply (or has ended).
struct USER_SEND {
  LIST_ENTRY ReceiverEntry;  // in Sent or Processing
  LIST_ENTRY SenderEntry;    // in Outstanding
  USER_QUEUE* Sender;        // null when it waits no longer
  USER_SEND_STATE State;
  USER_MESSAGE Message;
  PVOID Data;  // what goes with the message, then with the reply
};

struct USER_WINDOW {
  HANDLE Handle;
  USER_QUEUE* Queue;  // of the thread that made it
  HANDLE Parent;
  ULONG ClassLength, TextLength;  // characters
  WCHAR Class[USER_TEXT_CAPACITY], Text[USER_TEXT_CAPACITY];
};

extern FAST_MUTEX UserLock;

void UserInitialize();
/// The current thread ends: its windows go, its senders are told.
void UserThreadRundown();

/// The current thread's, made now if it has none; null when memory has run out. Without the lock.
USER_QUEUE* UserGetQueue();

// With the lock held.
/// Null for a handle of no window.
USER_WINDOW* UserLookupWindow(HANDLE handle);
void UserDestroyWindowsOf(USER_QUEUE* queue);
NTSTATUS UserPost(USER_QUEUE* queue, const USER_MESSAGE& message);
/// To every window without a parent.
void UserPostToAll(USER_MESSAGE message);
/// Those that wait for an answer of this thread fail; nobody waits for answers to its own.
void UserEndSends(USER_QUEUE* queue);

/// Takes the lock.
void UserGiveUpReply(USER_QUEUE* queue, ULONG number);

constexpr ULONG UserTag() { return 'U' | 's' << 8 | 'e' << 16 | 'r' << 24; }
