// The gate on address line 20. [PC/AT TR "Keyboard controller", output port]
#pragma once

namespace firmware {

void set_a20(bool open);
bool a20_is_open();

}  // namespace firmware
