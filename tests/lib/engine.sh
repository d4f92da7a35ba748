# Sourced by suites: starts an engine on a free port over a fresh data folder, and stops it.
#
#   engine_start ENGINE [FLAG...]   sets engine_pid, engine_data, engine_log, endpoint; exports what
#                                   AWS clients read (AWS_ENDPOINT_URL, region, the root key's file)
#   engine_stop                     asks it to stop and waits; returns its exit code

engine_start() {
  local engine
  engine=$(readlink -f "$1")
  shift
  engine_data=$(mktemp -d "${TMPDIR:-/tmp}/riposte-test.XXXXXX")
  engine_log=$engine_data/engine.log
  "$engine" serve --data "$engine_data" --port 0 --log-json "$@" >"$engine_log" 2>&1 &
  engine_pid=$!
  endpoint=
  for _ in $(seq 400); do
    if grep -q 'Ready\.' "$engine_log" 2>/dev/null; then
      endpoint=$(grep -oE '"endpoint": *"http://[^"]+"' "$engine_log" |
        grep -oE 'http://[^"]+' | head -1)
      break
    fi
    kill -0 "$engine_pid" 2>/dev/null || break
    sleep 0.05
  done
  if [ -z "$endpoint" ]; then
    echo "the engine did not start:" >&2
    tail -n 20 "$engine_log" >&2
    return 1
  fi
  unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  export AWS_ENDPOINT_URL=$endpoint AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_SHARED_CREDENTIALS_FILE=$engine_data/credentials
  export AWS_CONFIG_FILE=$engine_data/aws-config
  export AWS_PAGER= AWS_EC2_METADATA_DISABLED=true RIPOSTE_DATA_DIR=$engine_data
  # What the clients themselves would choose, so that `aws configure get region` answers.
  printf '[default]\nregion = us-east-1\noutput = json\n' >"$AWS_CONFIG_FILE"
}

engine_stop() {
  local code=0
  if [ -n "${engine_pid:-}" ]; then
    kill -TERM "$engine_pid" 2>/dev/null || true
    wait "$engine_pid" || code=$?
    engine_pid=
  fi
  rm -rf "${engine_data:-/nonexistent}"
  return "$code"
}
