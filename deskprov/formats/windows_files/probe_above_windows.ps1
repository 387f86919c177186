# Runs on the machine: whether there is a folder at the path. What may not be looked into is an error, and no "no".

function look($path) {
    try { $item = Get-Item -LiteralPath $path -Force -ErrorAction Stop }
    catch {
        if ("$($_.CategoryInfo.Category)" -ne 'ObjectNotFound') { throw }
        return $false
    }
    [bool]$item.PSIsContainer
}
