# The PowerShell side of a script step: runs the script that bootstrap.py has laid down, and leaves
# the last object that it gives, or how it failed, as JSON where bootstrap.py looks for it. What the
# script prints goes to standard output as it is. The input is $env:InputPayload, text of a JSON map.
$script = $env:RIPOSTE_SCRIPT
$result = $env:RIPOSTE_RESULT
Remove-Item Env:RIPOSTE_SCRIPT, Env:RIPOSTE_RESULT
$InformationPreference = 'Continue'
$ProgressPreference = 'SilentlyContinue'
try {
  $given = & $script
  $ended = $?
  if (-not $ended -and $LASTEXITCODE) {
    $outcome = @{ error = @{ type = 'Exit'; message = "exit status $LASTEXITCODE"; trace = '' } }
  } else {
    $outcome = @{ payload = @($given)[-1] }
  }
} catch {
  $outcome = @{ error = @{
      type    = $_.Exception.GetType().Name
      message = $_.Exception.Message
      trace   = $_.ScriptStackTrace
    } }
}
$text = ConvertTo-Json -InputObject $outcome -Depth 20 -Compress -WarningAction SilentlyContinue
[System.IO.File]::WriteAllText($result, $text)
