// The receiver's side of SendMessage: unpacks, calls the window's procedure, answers.
#include "guest/user32/packet.hpp"

namespace user {

namespace {

/// A message that its thread is at work on; InSendMessage and ReplyMessage look for it.
struct Service {
  Service* outer;
  HANDLE thread;
  ULONG number;
  bool answered;
};
Service* services;

class Serving {
 public:
  explicit Serving(ULONG number)
      : service_{nullptr, NtCurrentTeb()->ClientId.UniqueThread, number, false} {
    const Lock lock;
    service_.outer = services;
    services = &service_;
  }
  ~Serving() {
    const Lock lock;
    for (Service** at = &services; *at != nullptr; at = &(*at)->outer) {
      if (*at != &service_) continue;
      *at = service_.outer;
      break;
    }
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  bool answer(LRESULT result, PVOID data, ULONG size) {
    if (service_.answered) return false;
    service_.answered = true;
    NtUserReplyMessage(service_.number, static_cast<ULONG>(result), data, size);
    return true;
  }

 private:
  Service service_;
};

Service* innermost() {
  const Lock lock;
  Service* service = services;
  while (service != nullptr && service->thread != NtCurrentTeb()->ClientId.UniqueThread) {
    service = service->outer;
  }
  return service;
}

LRESULT serve_copy_data(const USER_MESSAGE& message, const Packet& packet) {
  COPYDATASTRUCT data = {packet->value, packet->pointer != 0 ? packet.byte_count() : 0,
                         packet->pointer != 0 ? packet.bytes() : nullptr};
  return call(message.Window, packet->unicode != 0, message.Message, message.wParam,
              reinterpret_cast<LPARAM>(&data));
}

/// The text goes back as UTF-16.
void serve_get_text(const USER_MESSAGE& message, Serving& serving) {
  const ULONG room = message.wParam < 0x8000 ? message.wParam : 0x8000;
  auto* text = static_cast<WCHAR*>(allocate((room + 1) * sizeof(WCHAR)));
  const LRESULT length = text == nullptr ? 0
                                         : call(message.Window, true, WM_GETTEXT, room,
                                                reinterpret_cast<LPARAM>(text));
  const ULONG count = length < 0 ? 0 : static_cast<ULONG>(length) < room ? length : room;
  serving.answer(length, text, text == nullptr ? 0 : count * sizeof(WCHAR));
  release(text);
}

}  // namespace

void serve(const USER_MESSAGE& message) {
  Serving serving(message.Number);
  Packet packet;
  if (message.DataSize < sizeof(PacketHeader) ||
      !packet.make(message.DataSize - sizeof(PacketHeader)) ||
      !NT_SUCCESS(NtUserGetMessageData(message.Number, packet.start(), packet.size()))) {
    serving.answer(0, nullptr, 0);
    return;
  }
  LRESULT result = 0;
  const auto lparam = static_cast<LPARAM>(message.lParam);
  switch (packet->content) {
    case Content::Text:
      result = call(message.Window, true, message.Message, message.wParam,
                    packet->pointer == 0 ? 0 : reinterpret_cast<LPARAM>(packet.bytes()));
      break;
    case Content::CopyData:
      result = serve_copy_data(message, packet);
      break;
    case Content::GetText:
      serve_get_text(message, serving);
      return;
    case Content::Words:
      result = call(message.Window, packet->unicode != 0, message.Message, message.wParam, lparam);
      break;
  }
  serving.answer(result, nullptr, 0);
}

}  // namespace user

extern "C" {

BOOL WINAPI InSendMessage() { return user::innermost() != nullptr; }

BOOL WINAPI ReplyMessage(LRESULT Result) {
  user::Service* service = user::innermost();
  if (service == nullptr || service->answered) return 0;
  service->answered = true;
  NtUserReplyMessage(service->number, static_cast<ULONG>(Result), nullptr, 0);
  return 1;
}

}  // extern "C"
