# Part of scripts, with place_windows.ps1: puts bytes in the place of a file, or makes it. They are written beside the old
# one and down to the disk first, so that neither a full disk nor a power cut costs anybody the old one.
function Write-Beside($path, $bytes) {
    $kept = if ([System.IO.File]::Exists($path)) { [System.IO.File]::GetAttributes($path) }
    $above = [System.IO.Path]::GetDirectoryName($path)
    $new = [System.IO.Path]::Combine($above, [System.IO.Path]::GetRandomFileName())
    try {
        $stream = New-Object -TypeName System.IO.FileStream -ArgumentList $new, 'CreateNew', 'Write', 'None'
        try {
            $stream.Write($bytes, 0, $bytes.Length)
            $stream.Flush($true)
        }
        finally { $stream.Dispose() }
        Set-InPlace $new $path
    }
    finally { [System.IO.File]::Delete($new) }
    if ($null -ne $kept) { [System.IO.File]::SetAttributes($path, $kept) }
}
