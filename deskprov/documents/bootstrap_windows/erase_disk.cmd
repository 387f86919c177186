@echo off
rem Written by deskprov for Windows Setup, which runs it before it installs anything (autounattend.xml). It shows the
rem first disk, and erases it only when a person has typed that it shall. Nothing else on this stick erases a disk.
rem diskpart: learn.microsoft.com/windows-server/administration/windows-commands/diskpart
rem Which partitions: learn.microsoft.com/windows-hardware/manufacture/desktop/configure-uefigpt-based-hard-drive-partitions
rem Setup installs to the third (autounattend.xml); the fourth, behind Windows so that it can grow, is for recovery.
setlocal EnableExtensions EnableDelayedExpansion
set done=@ERASED@
if exist "%done%" exit /b 0
set look=%TEMP%\deskprov-look.txt
set told=%TEMP%\deskprov-told.txt
set work=%TEMP%\deskprov-work.txt
(
echo list disk
echo select disk 0
echo detail disk
) > "%look%"
diskpart /s "%look%" > "%told%" 2>&1
if errorlevel 1 goto unseen
cls
type "%told%"
echo.
echo ----------------------------------------------------------------------
findstr /r /c:": *USB *$" "%told%" > nul
if not errorlevel 1 goto stick
echo   @TITLE@
echo   @QUESTION@
echo ----------------------------------------------------------------------
set answer=
set /p answer=^> 
if not "!answer!"=="@WORD@" goto no
(
echo select disk 0
echo clean
echo convert gpt
echo create partition efi size=260
echo format quick fs=fat32 label=System
echo create partition msr size=16
echo create partition primary
echo shrink minimum=1024
echo format quick fs=ntfs label=Windows
echo create partition primary
echo format quick fs=ntfs label=Recovery
echo set id=de94bba4-06d1-4d40-a16a-bfd50179d6ac
echo gpt attributes=0x8000000000000001
) > "%work%"
diskpart /s "%work%"
if errorlevel 1 goto failed
echo ready > "%done%"
exit /b 0

:unseen
type "%told%"
echo   @UNSEEN@
goto stop

:stick
echo   @STICK@
goto stop

:failed
echo   @FAILED@
goto stop

:no
echo   @NO@

:stop
echo   @OFF@
pause
wpeutil shutdown
goto stop
