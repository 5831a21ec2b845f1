// The tests of APCs, alertable waits and I/O with completion routines.
#pragma once

#include "guest/conformance/objects.hpp"

namespace apc {

using objects::ended;
using objects::Handle;

inline constexpr DWORD io_completion = 0xC0;  // WAIT_IO_COMPLETION

/// The numbers that APCs have left behind, in decimal and in order: 12 when the APC of 1 ran, then
/// that of 2.
extern DWORD trace;
void NTAPI note_number(ULONG_PTR number);
/// Queues note_number(number) to the calling thread.
void queue(ULONG_PTR number);

// apc_waits.cpp
void in_alertable_waits_alone(ktap::Test& t);
void objects_come_first(ktap::Test& t);
void several_objects(ktap::Test& t);
void signal_and_wait(ktap::Test& t);
void within_another(ktap::Test& t);
void test_alert(ktap::Test& t);

// apc_threads.cpp
void another_thread(ktap::Test& t);
void before_the_start(ktap::Test& t);
void suspended(ktap::Test& t);
void at_the_end(ktap::Test& t);
void refused(ktap::Test& t);
void exceptions(ktap::Test& t);

// apc_files.cpp
void completion_routines(ktap::Test& t);
void overlapped_events(ktap::Test& t);

}  // namespace apc
