// SDL2 window. Needs no more than SDL's software renderer.
#include "app/window.hpp"

#include <SDL.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "app/idle_meter.hpp"
#include "app/terminal.hpp"

namespace faultline::app {
namespace {

constexpr unsigned frames_a_second = 60;
constexpr unsigned idle_frames_before_typing = frames_a_second / 4;
constexpr int screen_width = 720, screen_height = 400;

struct KeyCode {
  SDL_Scancode key;
  u8 set1;
  bool extended = false;  // E0 before it
};

// Where the keys that are not in a row of set 1 are. [PC/AT TR, Keyboard]
constexpr KeyCode key_codes[] = {
    {SDL_SCANCODE_ESCAPE, 0x01},
    {SDL_SCANCODE_MINUS, 0x0C},
    {SDL_SCANCODE_EQUALS, 0x0D},
    {SDL_SCANCODE_BACKSPACE, 0x0E},
    {SDL_SCANCODE_TAB, 0x0F},
    {SDL_SCANCODE_LEFTBRACKET, 0x1A},
    {SDL_SCANCODE_RIGHTBRACKET, 0x1B},
    {SDL_SCANCODE_RETURN, 0x1C},
    {SDL_SCANCODE_LCTRL, 0x1D},
    {SDL_SCANCODE_SEMICOLON, 0x27},
    {SDL_SCANCODE_APOSTROPHE, 0x28},
    {SDL_SCANCODE_GRAVE, 0x29},
    {SDL_SCANCODE_LSHIFT, 0x2A},
    {SDL_SCANCODE_BACKSLASH, 0x2B},
    {SDL_SCANCODE_COMMA, 0x33},
    {SDL_SCANCODE_PERIOD, 0x34},
    {SDL_SCANCODE_SLASH, 0x35},
    {SDL_SCANCODE_RSHIFT, 0x36},
    {SDL_SCANCODE_KP_MULTIPLY, 0x37},
    {SDL_SCANCODE_LALT, 0x38},
    {SDL_SCANCODE_SPACE, 0x39},
    {SDL_SCANCODE_CAPSLOCK, 0x3A},
    {SDL_SCANCODE_NUMLOCKCLEAR, 0x45},
    {SDL_SCANCODE_SCROLLLOCK, 0x46},
    {SDL_SCANCODE_KP_7, 0x47},
    {SDL_SCANCODE_KP_8, 0x48},
    {SDL_SCANCODE_KP_9, 0x49},
    {SDL_SCANCODE_KP_MINUS, 0x4A},
    {SDL_SCANCODE_KP_4, 0x4B},
    {SDL_SCANCODE_KP_5, 0x4C},
    {SDL_SCANCODE_KP_6, 0x4D},
    {SDL_SCANCODE_KP_PLUS, 0x4E},
    {SDL_SCANCODE_KP_1, 0x4F},
    {SDL_SCANCODE_KP_2, 0x50},
    {SDL_SCANCODE_KP_3, 0x51},
    {SDL_SCANCODE_KP_0, 0x52},
    {SDL_SCANCODE_KP_PERIOD, 0x53},
    {SDL_SCANCODE_NONUSBACKSLASH, 0x56},
    {SDL_SCANCODE_F11, 0x57},
    {SDL_SCANCODE_F12, 0x58},
    {SDL_SCANCODE_KP_ENTER, 0x1C, true},
    {SDL_SCANCODE_RCTRL, 0x1D, true},
    {SDL_SCANCODE_KP_DIVIDE, 0x35, true},
    {SDL_SCANCODE_RALT, 0x38, true},
    {SDL_SCANCODE_HOME, 0x47, true},
    {SDL_SCANCODE_UP, 0x48, true},
    {SDL_SCANCODE_PAGEUP, 0x49, true},
    {SDL_SCANCODE_LEFT, 0x4B, true},
    {SDL_SCANCODE_RIGHT, 0x4D, true},
    {SDL_SCANCODE_END, 0x4F, true},
    {SDL_SCANCODE_DOWN, 0x50, true},
    {SDL_SCANCODE_PAGEDOWN, 0x51, true},
    {SDL_SCANCODE_INSERT, 0x52, true},
    {SDL_SCANCODE_DELETE, 0x53, true},
    {SDL_SCANCODE_LGUI, 0x5B, true},
    {SDL_SCANCODE_RGUI, 0x5C, true},
    {SDL_SCANCODE_APPLICATION, 0x5D, true},
};

/// Set 1 code of a letter, digit or function key, whose rows are in order; 0 for any other.
u8 code_in_row(SDL_Scancode key) {
  static constexpr std::string_view row = "QWERTYUIOP....ASDFGHJKL.....ZXCVBNM";  // from 10h
  if (key >= SDL_SCANCODE_A && key <= SDL_SCANCODE_Z) {
    return static_cast<u8>(0x10 + row.find(static_cast<char>('A' + (key - SDL_SCANCODE_A))));
  }
  if (key >= SDL_SCANCODE_1 && key <= SDL_SCANCODE_0) {
    return static_cast<u8>(0x02 + (key - SDL_SCANCODE_1));
  }
  if (key >= SDL_SCANCODE_F1 && key <= SDL_SCANCODE_F10) {
    return static_cast<u8>(0x3B + (key - SDL_SCANCODE_F1));
  }
  return 0;
}

void send_key(Machine& machine, SDL_Scancode key, bool pressed) {
  u8 code = code_in_row(key);
  for (const KeyCode& entry : key_codes) {
    if (entry.key != key) continue;
    code = entry.set1;
    if (entry.extended) machine.key(0xE0);
  }
  if (code != 0) machine.key(pressed ? code : code | 0x80);
}

template <auto Destroy>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Destroy(object);
  }
};

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string("window: ") + what + ": " + SDL_GetError());
}

class Window {
 public:
  Window() {
    if (SDL_Init(SDL_INIT_VIDEO | SDL_INIT_EVENTS) != 0) fail("SDL cannot start");
    // SDL falls back to drawing into nothing; that is a window only for who asked for it.
    if (!visible() && SDL_getenv("SDL_VIDEODRIVER") == nullptr) {
      SDL_Quit();
      throw std::runtime_error("window: the display cannot be reached");
    }
    SDL_Rect room{0, 0, screen_width, screen_height};
    SDL_GetDisplayUsableBounds(0, &room);
    const int scale = room.w >= 2 * screen_width + 100 && room.h >= 2 * screen_height + 100 ? 2 : 1;
    window_.reset(SDL_CreateWindow("Faultline", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                                   scale * screen_width, scale * screen_height,
                                   SDL_WINDOW_RESIZABLE));
    if (!window_) fail("cannot be opened");
    renderer_.reset(SDL_CreateRenderer(window_.get(), -1, 0));
    if (!renderer_) fail("has no renderer");
  }
  ~Window() {
    texture_.reset();
    renderer_.reset();
    window_.reset();
    SDL_Quit();
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  void title(const std::string& text) { SDL_SetWindowTitle(window_.get(), text.c_str()); }

  void show(const Image& image) {
    const int width = static_cast<int>(image.width), height = static_cast<int>(image.height);
    if (width != width_ || height != height_) {
      texture_.reset(SDL_CreateTexture(renderer_.get(), SDL_PIXELFORMAT_RGB888,
                                       SDL_TEXTUREACCESS_STREAMING, width, height));
      if (!texture_) fail("has no texture");
      SDL_RenderSetLogicalSize(renderer_.get(), width, height);
      width_ = width;
      height_ = height;
    }
    SDL_UpdateTexture(texture_.get(), nullptr, image.pixels.data(), width * 4);
    SDL_RenderClear(renderer_.get());
    SDL_RenderCopy(renderer_.get(), texture_.get(), nullptr, nullptr);
    SDL_RenderPresent(renderer_.get());
  }

  /// Hands events to the machine. False when the person closes the window.
  bool handle_events(Machine& machine) {
    SDL_Event event;
    while (SDL_PollEvent(&event)) {
      switch (event.type) {
        case SDL_QUIT:
          return false;
        case SDL_KEYDOWN:
        case SDL_KEYUP:
          send_key(machine, event.key.keysym.scancode, event.type == SDL_KEYDOWN);
          break;
        case SDL_WINDOWEVENT:
          stale_ = true;
          break;
      }
    }
    return true;
  }

  /// Draws when the picture or the window has changed.
  void refresh(const Machine& machine, u64 generation) {
    if (!stale_ && generation == shown_) return;
    show(machine.screenshot());
    shown_ = generation;
    stale_ = false;
  }

  /// A person can see it and close it.
  static bool visible() {
    const std::string_view driver = SDL_GetCurrentVideoDriver();
    return driver != "dummy" && driver != "offscreen";
  }

 private:
  std::unique_ptr<SDL_Window, Deleter<SDL_DestroyWindow>> window_;
  std::unique_ptr<SDL_Renderer, Deleter<SDL_DestroyRenderer>> renderer_;
  std::unique_ptr<SDL_Texture, Deleter<SDL_DestroyTexture>> texture_;
  int width_ = 0, height_ = 0;
  u64 shown_ = 0;
  bool stale_ = true;
};

/// Sleeps until the host's clock has caught up with the frames that were run.
class Pace {
 public:
  void frame() {
    next_ += SDL_GetPerformanceFrequency() / frames_a_second;
    const u64 now = SDL_GetPerformanceCounter();
    if (now >= next_) {
      next_ = now;  // too slow for real time: nothing to make up
      return;
    }
    SDL_Delay(static_cast<Uint32>((next_ - now) * 1000 / SDL_GetPerformanceFrequency()));
  }

 private:
  u64 next_ = SDL_GetPerformanceCounter();
};

RunResult closed(RunResult result) {
  result.reason = EndReason::Requested;
  result.text = "the window was closed";
  return result;
}

void wait_for_close(Window& window, Machine& machine) {
  Pace pace;
  while (window.handle_events(machine) && pending_signal() == 0) {
    window.refresh(machine, machine.vga().generation());
    pace.frame();
  }
}

}  // namespace

RunResult run_window(Machine& machine, SerialInput& input, const std::function<bool()>& flush) {
  Window window;
  Pace pace;
  const u64 frame = machine.context().model.clock_hz / frames_a_second;
  unsigned idle_frames = 0;
  IdleMeter meter;
  for (;;) {
    const RunResult result = machine.run_for(frame);
    const bool reader_gone = !flush();
    window.refresh(machine, machine.vga().generation());
    if (result.ended()) {
      if (result.reason != EndReason::Exit && Window::visible()) {
        window.title("Faultline - " + result.text);
        wait_for_close(window, machine);
      }
      return result;
    }
    if (!window.handle_events(machine) || reader_gone || input.quit() || pending_signal() != 0) {
      return closed(result);
    }
    std::string typed = input.poll(0);
    idle_frames = meter.slice(machine, result) ? idle_frames + 1 : 0;
    if (typed.empty() && idle_frames >= idle_frames_before_typing &&
        machine.board().com1.input_sent() && !input.ended()) {
      typed = input.when_idle();
    }
    if (!typed.empty()) {
      machine.serial_input(typed);
      idle_frames = 0;
    }
    pace.frame();
  }
}

}  // namespace faultline::app
