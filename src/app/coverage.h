// docs/coverage.md, from the registry and the models.
#pragma once

namespace riposte::app {

/// Prints the page; returns the exit code: 1 when a row and its model disagree.
int PrintCoverage();

}  // namespace riposte::app
