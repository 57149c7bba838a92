Extension: Importance
Id: importance
Title: "Importance to the person"
Description: "How important this is to the person, from 1 (a little) to 10 (nothing is more important)."
Context: Goal
* insert LocalExtension
* value[x] 1..1
* value[x] only integer
* valueInteger ^minValueInteger = 1
* valueInteger ^maxValueInteger = 10
