// Scan codes of set 1 and what they mean on a US keyboard.
#pragma once

#include "firmware/far_memory.hpp"

namespace firmware {

inline constexpr u8 none = 0;
inline constexpr RomTable<u8, 0x3A> plain{
    {none, 27,  '1', '2', '3', '4', '5', '6', '7', '8',  '9',  '0',  '-',  '=',  '\b',
     '\t', 'q', 'w', 'e', 'r', 't', 'y', 'u', 'i', 'o',  'p',  '[',  ']',  '\r', none,
     'a',  's', 'd', 'f', 'g', 'h', 'j', 'k', 'l', ';',  '\'', '`',  none, '\\', 'z',
     'x',  'c', 'v', 'b', 'n', 'm', ',', '.', '/', none, '*',  none, ' '}};
inline constexpr RomTable<u8, 0x3A> upper{
    {none, 27,  '!', '@', '#', '$', '%', '^', '&', '*',  '(', ')',  '_',  '+',  '\b',
     none, 'Q', 'W', 'E', 'R', 'T', 'Y', 'U', 'I', 'O',  'P', '{',  '}',  '\r', none,
     'A',  'S', 'D', 'F', 'G', 'H', 'J', 'K', 'L', ':',  '"', '~',  none, '|',  'Z',
     'X',  'C', 'V', 'B', 'N', 'M', '<', '>', '?', none, '*', none, ' '}};
inline constexpr RomTable<u8, 13> keypad_digits{
    {'7', '8', '9', '-', '4', '5', '6', '+', '1', '2', '3', '0', '.'}};
/// Scan codes that Ctrl gives the keypad's keys 47h to 53h; 0: no key stroke.
inline constexpr RomTable<u8, 13> keypad_ctrl{
    {0x77, 0x8D, 0x84, 0x8E, 0x73, 0x8F, 0x74, 0x90, 0x75, 0x91, 0x76, 0x92, 0x93}};

inline constexpr u8 key_f1 = 0x3B, key_f10 = 0x44, key_home = 0x47, key_insert = 0x52,
                    key_delete = 0x53, key_f11 = 0x57, key_f12 = 0x58, key_minus = 0x4A,
                    key_plus = 0x4E, key_enter = 0x1C, key_slash = 0x35;

}  // namespace firmware
