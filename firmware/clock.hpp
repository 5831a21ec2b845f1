// The tick count, begun from the real-time clock.
#pragma once

namespace firmware {

void start_clock();

}  // namespace firmware
