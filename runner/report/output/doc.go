// Package output opens, checks and finishes the files of a run: reports, the
// run log and exports. Each is written whole or not at all; two of one path are
// found before anything is opened.
package output
