# Runs on the machine: what an environment variable of the computer holds, or nothing when there is none.

function look($name) {
    $path = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
    $value = (Get-ItemProperty -LiteralPath $path -ErrorAction Stop).$name
    if ($null -ne $value) { @{ value = "$value" } }
}
