ValueSet: OverallFocusVS
Id: overall-focus
Title: "Overall focus of emergency care"
Description: "All codes of the code system OverallFocusCodes."
* ^experimental = false
* include codes from system OverallFocusCodes
