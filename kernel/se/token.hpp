// The token: who all programs run as. There is one user, and the system.
#pragma once

#include "kernel/ob/object.hpp"
#include "kernel/se/access_check.hpp"

/// S-1-5-21-70-65-85-1000 with its groups: everyone, local, interactive, users.
extern const SeSubject SeUser;
extern const SID& SeUserSid;
extern const SID& SePrimaryGroupSid;

/// What an object has that was given no descriptor: all rights for the user and the system.
extern const SECURITY_DESCRIPTOR_RELATIVE& SeDefaultDescriptor;
/// The system's own processes: others may look at them, and that is all.
extern const SECURITY_DESCRIPTOR_RELATIVE& SeSystemDescriptor;
/// The root of the name space: nobody makes names there.
extern const SECURITY_DESCRIPTOR_RELATIVE& SeRootDirectoryDescriptor;

/// Makes the token object; all processes share it.
void SeInitSystem();
