# Stand-ins for what only Windows has. Parameters, objects and errors are those of the pages named; the data is a test's.

function Get-StubAnswer($name) {
    $found = $StubData.$name
    if ($null -eq $found) { return }
    foreach ($one in $found) {
        if ($one.raises) { throw $one.raises }
        $one
    }
}

# https://learn.microsoft.com/powershell/module/cimcmdlets/get-ciminstance?view=powershell-5.1
# A class that is not there is "Invalid class", a refused namespace "Access denied" (WBEM error constants).
function Get-CimInstance {
    [CmdletBinding()]
    param([string]$ClassName, [string]$Namespace, [string]$Filter, [string[]]$Property, [int]$OperationTimeoutSec)
    if (-not $StubData.PSObject.Properties[$ClassName]) { throw "Invalid class `"$ClassName`"" }
    foreach ($one in Get-StubAnswer $ClassName) {
        if (-not $one.only_if -or $one.only_if -eq $Filter) { $one }
    }
}

# https://learn.microsoft.com/windows-server/administration/windows-commands/whoami; the names are those of a Spanish one.
function whoami.exe {
    if ($StubData.PSObject.Properties['whoami.exe']) { return Get-StubAnswer 'whoami.exe' }
    '"BUILTIN\Administradores","Alias","S-1-5-32-544","Grupo obligatorio, Grupo habilitado"'
    '"Etiqueta obligatoria\Nivel obligatorio alto","Etiqueta","S-1-16-12288",""'
}

# https://learn.microsoft.com/powershell/module/microsoft.powershell.localaccounts/get-localuser?view=powershell-5.1
function Get-LocalUser {
    [CmdletBinding()]
    param()
    Get-StubAnswer 'Get-LocalUser'
}

# https://learn.microsoft.com/powershell/module/microsoft.powershell.localaccounts/get-localgroup?view=powershell-5.1
# A SID of no group is "Group S-1-... was not found." (GroupNotFoundException).
function Get-LocalGroup {
    [CmdletBinding()]
    param([string]$SID)
    $found = @(Get-StubAnswer 'Get-LocalGroup' | Where-Object { -not $SID -or $_.SID -eq $SID })
    if ($SID -and -not $found.Count) { throw "Group $SID was not found." }
    $found
}

# The engine's own, but for keys that a test has made unreadable.
function Get-ItemProperty {
    [CmdletBinding()]
    param([string]$LiteralPath)
    $broken = $StubData.'Get-ItemProperty'
    foreach ($name in $broken.PSObject.Properties.Name) {
        if ($name -and $LiteralPath.EndsWith("\$name")) { throw $broken.$name }
    }
    & (Get-Command -Name Get-ItemProperty -CommandType Cmdlet) -LiteralPath $LiteralPath -ErrorAction Stop
}

# https://learn.microsoft.com/powershell/module/appx/get-appxpackage?view=windowsserver2019-ps
function Get-AppxPackage {
    [CmdletBinding()]
    param([switch]$AllUsers, [string]$Name)
    Get-StubAnswer 'Get-AppxPackage'
}

# https://learn.microsoft.com/powershell/module/dism/get-appxprovisionedpackage?view=windowsserver2019-ps
function Get-AppxProvisionedPackage {
    [CmdletBinding()]
    param([switch]$Online)
    Get-StubAnswer 'Get-AppxProvisionedPackage'
}

# https://learn.microsoft.com/powershell/module/netsecurity/get-netfirewallprofile?view=windowsserver2019-ps
# One object for each kind of network; what is in force has the store ActiveStore.
function Get-NetFirewallProfile {
    [CmdletBinding()]
    param([string]$PolicyStore)
    if ($PolicyStore -ne 'ActiveStore') { throw 'not what is in force' }
    Get-StubAnswer 'Get-NetFirewallProfile'
}

# https://learn.microsoft.com/powershell/module/printmanagement/get-printer?view=windowsserver2019-ps
function Get-Printer {
    [CmdletBinding()]
    param([string]$Name)
    Get-StubAnswer 'Get-Printer'
}

# https://learn.microsoft.com/powershell/module/printmanagement/get-printerdriver?view=windowsserver2019-ps
function Get-PrinterDriver {
    [CmdletBinding()]
    param([string]$Name)
    Get-StubAnswer 'Get-PrinterDriver'
}

# https://learn.microsoft.com/powershell/module/printmanagement/get-printerport?view=windowsserver2019-ps
function Get-PrinterPort {
    [CmdletBinding()]
    param([string]$Name)
    Get-StubAnswer 'Get-PrinterPort'
}

# https://learn.microsoft.com/powershell/module/microsoft.powershell.security/get-acl?view=powershell-5.1
function Get-Acl {
    [CmdletBinding()]
    param([string]$LiteralPath)
    Get-StubAnswer 'Get-Acl'
}

# The engine's own, unless a test has it refuse.
function Get-Item {
    [CmdletBinding()]
    param([string]$LiteralPath, [switch]$Force)
    Get-StubAnswer 'Get-Item'
    & (Get-Command -Name Get-Item -CommandType Cmdlet) -LiteralPath $LiteralPath -Force:$Force -ErrorAction Stop
}

# https://learn.microsoft.com/powershell/module/international/get-winsystemlocale?view=windowsserver2019-ps
function Get-WinSystemLocale {
    [CmdletBinding()]
    param()
    Get-StubAnswer 'Get-WinSystemLocale'
}
