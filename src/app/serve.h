// `riposte serve`: the engine on a port of this machine until a signal ends it.
#pragma once

#include "app/config.h"

namespace riposte::app {

/// Returns the exit code: 0 after a signal, 1 when it could not start (the reason is on stderr).
int Serve(const Config& config);

}  // namespace riposte::app
