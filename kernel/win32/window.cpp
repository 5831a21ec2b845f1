// Windows: a table of them, their class names and titles. Nothing is drawn.
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"
#include "kernel/win32/user.hpp"

namespace {

constexpr ULONG capacity = 1024, first_index = 16;

/// A handle is the generation over the index, so that a dead window's handle is no other window's.
struct Slot {
  USER_WINDOW* window;
  USHORT generation;
};
constinit Slot UserWindows[capacity] = {};

HANDLE make_handle(ULONG index) {
  return reinterpret_cast<HANDLE>(ULONG{UserWindows[index].generation} << 16 |
                                  (first_index + index));
}

using Text = CapturedString<USER_TEXT_CAPACITY>;

NTSTATUS capture_optional(Text& text, PUNICODE_STRING user) {
  text.string = {};
  return user == nullptr ? STATUS_SUCCESS : text.capture(user);
}

WCHAR fold(WCHAR c) { return c >= 'a' && c <= 'z' ? static_cast<WCHAR>(c - 'a' + 'A') : c; }

bool equal(const UNICODE_STRING& wanted, const WCHAR* text, ULONG length) {
  if (wanted.Length / sizeof(WCHAR) != length) return false;
  for (ULONG i = 0; i < length; ++i) {
    if (fold(wanted.Buffer[i]) != fold(text[i])) return false;
  }
  return true;
}

ULONG copy_text(WCHAR* to, const UNICODE_STRING& from) {
  memcpy(to, from.Buffer, from.Length);
  return from.Length / sizeof(WCHAR);
}

void destroy(ULONG index) {
  USER_WINDOW* window = UserWindows[index].window;
  USER_QUEUE* queue = window->Queue;
  for (PLIST_ENTRY entry = queue->Posted.Flink; entry != &queue->Posted;) {
    auto* posted = CONTAINING_RECORD(entry, USER_POSTED_MESSAGE, Entry);
    entry = entry->Flink;
    if (posted->Message.Window != window->Handle) continue;
    RemoveEntryList(&posted->Entry);
    --queue->PostedCount;
    ExFreePool(posted);
  }
  UserWindows[index] = {nullptr, static_cast<USHORT>(UserWindows[index].generation + 1)};
  ExFreePool(window);
}

ULONG index_of(HANDLE handle) { return (reinterpret_cast<ULONG>(handle) & 0xFFFF) - first_index; }

}  // namespace

USER_WINDOW* UserLookupWindow(HANDLE handle) {
  const ULONG index = index_of(handle);
  if (index >= capacity || UserWindows[index].window == nullptr) return nullptr;
  return make_handle(index) == handle ? UserWindows[index].window : nullptr;
}

void UserDestroyWindowsOf(USER_QUEUE* queue) {
  for (ULONG i = 0; i < capacity; ++i) {
    if (UserWindows[i].window != nullptr && UserWindows[i].window->Queue == queue) destroy(i);
  }
}

void UserPostToAll(USER_MESSAGE message) {
  for (const Slot& slot : UserWindows) {
    if (slot.window == nullptr || slot.window->Parent != nullptr) continue;
    message.Window = slot.window->Handle;
    UserPost(slot.window->Queue, message);
  }
}

NTSTATUS NTAPI NtUserCreateWindow(PHANDLE result, PUNICODE_STRING class_name, PUNICODE_STRING title,
                                  HANDLE parent) {
  Text name, text;
  NTSTATUS status = name.capture(class_name);
  if (NT_SUCCESS(status)) status = capture_optional(text, title);
  if (!NT_SUCCESS(status)) return status;
  USER_QUEUE* queue = UserGetQueue();
  auto* window = static_cast<USER_WINDOW*>(
      ExAllocatePoolWithTag(PagedPool, sizeof(USER_WINDOW), UserTag()));
  if (queue == nullptr || window == nullptr) {
    if (window != nullptr) ExFreePool(window);
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  *window = {};
  window->Queue = queue;
  window->Parent = parent;
  window->ClassLength = copy_text(window->Class, name.string);
  window->TextLength = copy_text(window->Text, text.string);
  status = STATUS_INSUFFICIENT_RESOURCES;
  {
    const FastMutexGuard lock(UserLock);
    for (ULONG i = 0; i < capacity && window->Handle == nullptr; ++i) {
      if (UserWindows[i].window != nullptr) continue;
      if (UserWindows[i].generation == 0) UserWindows[i].generation = 1;
      window->Handle = make_handle(i);
      UserWindows[i].window = window;
      status = STATUS_SUCCESS;
    }
  }
  if (!NT_SUCCESS(status)) {
    ExFreePool(window);
    return status;
  }
  const HANDLE handle = window->Handle;
  status = MmWriteUser(result, handle);
  if (!NT_SUCCESS(status)) NtUserDestroyWindow(handle);
  return status;
}

/// Only the thread that made it may.
NTSTATUS NTAPI NtUserDestroyWindow(HANDLE handle) {
  const FastMutexGuard lock(UserLock);
  const USER_WINDOW* window = UserLookupWindow(handle);
  if (window == nullptr) return STATUS_INVALID_HANDLE;
  if (window->Queue->Thread != PsGetCurrentThread()) return STATUS_ACCESS_DENIED;
  destroy(index_of(handle));
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtUserFindWindow(PHANDLE result, HANDLE after, PUNICODE_STRING class_name,
                                PUNICODE_STRING title) {
  Text name, text;
  NTSTATUS status = capture_optional(name, class_name);
  if (NT_SUCCESS(status)) status = capture_optional(text, title);
  if (!NT_SUCCESS(status)) return status;
  HANDLE found = nullptr;
  {
    const FastMutexGuard lock(UserLock);
    bool reached = after == nullptr;
    for (const Slot& slot : UserWindows) {
      const USER_WINDOW* window = slot.window;
      if (window == nullptr) continue;
      if (reached &&
          (class_name == nullptr || equal(name.string, window->Class, window->ClassLength)) &&
          (title == nullptr || equal(text.string, window->Text, window->TextLength))) {
        found = window->Handle;
        break;
      }
      reached = reached || window->Handle == after;
    }
  }
  return found == nullptr ? STATUS_NOT_FOUND : MmWriteUser(result, found);
}

NTSTATUS NTAPI NtUserQueryWindow(HANDLE handle, USER_WINDOW_INFORMATION* result) {
  USER_WINDOW_INFORMATION information;
  {
    const FastMutexGuard lock(UserLock);
    const USER_WINDOW* window = UserLookupWindow(handle);
    if (window == nullptr) return STATUS_INVALID_HANDLE;
    const CLIENT_ID& id = window->Queue->Thread->Cid;
    information = {id.UniqueProcess, id.UniqueThread, window->Parent};
  }
  return MmWriteUser(result, information);
}

NTSTATUS NTAPI NtUserSetWindowText(HANDLE handle, PUNICODE_STRING title) {
  Text text;
  const NTSTATUS status = text.capture(title);
  if (!NT_SUCCESS(status)) return status;
  const FastMutexGuard lock(UserLock);
  USER_WINDOW* window = UserLookupWindow(handle);
  if (window == nullptr) return STATUS_INVALID_HANDLE;
  window->TextLength = copy_text(window->Text, text.string);
  return STATUS_SUCCESS;
}

/// `class_name` asks for that of its class. `length`: characters, before they are cut to
/// `capacity`.
NTSTATUS NTAPI NtUserGetWindowText(HANDLE handle, BOOLEAN class_name, PWSTR buffer, ULONG room,
                                   PULONG length) {
  WCHAR text[USER_TEXT_CAPACITY];
  ULONG characters;
  {
    const FastMutexGuard lock(UserLock);
    const USER_WINDOW* window = UserLookupWindow(handle);
    if (window == nullptr) return STATUS_INVALID_HANDLE;
    characters = class_name != FALSE ? window->ClassLength : window->TextLength;
    memcpy(text, class_name != FALSE ? window->Class : window->Text, sizeof text);
  }
  const ULONG copied = characters < room ? characters : room;
  const NTSTATUS status =
      MmCopyToUser(reinterpret_cast<ULONG>(buffer), text, copied * sizeof(WCHAR));
  return NT_SUCCESS(status) ? MmWriteUser(length, characters) : status;
}
