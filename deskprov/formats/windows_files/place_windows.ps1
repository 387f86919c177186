# Part of scripts: a new file, written beside its place, takes it; of an older one there the access rules stay.
function Set-InPlace($new, $path) {
    if (-not [System.IO.File]::Exists($path)) { return [System.IO.File]::Move($new, $path) }
    # one that is hidden or read-only is replaced as any other
    [System.IO.File]::SetAttributes($path, 'Normal')
    [System.IO.File]::Replace($new, $path, [NullString]::Value)
}
