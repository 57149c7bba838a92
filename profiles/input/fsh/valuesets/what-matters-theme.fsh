ValueSet: WhatMattersThemeVS
Id: what-matters-theme
Title: "Theme of what matters"
Description: "All codes that say: theme of what matters."
* ^experimental = false
* include codes from system WhatMattersThemeCodes
