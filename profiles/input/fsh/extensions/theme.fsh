Extension: Theme
Id: theme
Title: "Theme"
Description: "What the statement is about, chosen by whoever wrote it down, so that it can be found. The person's own words count, not the theme."
Context: Goal
* insert LocalExtension
* value[x] 1..1
* value[x] only CodeableConcept
* value[x] from WhatMattersThemeVS (extensible)
