# What a look could not ask, and why, so that the rest is told all the same. Included by the looks that ask for much.

$MessageLength = 200

function Add-Failure($failed, $check, $problem) {
    $message = "$($problem.Exception.Message)"
    if ($message.Length -gt $MessageLength) { $message = $message.Substring(0, $MessageLength) }
    $failed[$check] = $message
}
