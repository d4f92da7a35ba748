// The tables of identity. Written by services/iam and services/sts, read by Directory.
#pragma once

#include <span>

#include "store/store.h"

namespace riposte::access {

[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace riposte::access
