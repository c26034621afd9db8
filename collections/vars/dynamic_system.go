package vars

import (
	"slices"
	"strings"

	"github.com/brianvoe/gofakeit/v7/data"
)

var (
	fileExtensions = data.Files["extension"]
	mimeTypes      = distinct(data.Files["mime_type"])

	fileTypes = []string{"application", "audio", "chemical", "font", "image", "message", "model", "multipart", "text",
		"video", "x-conference", "x-shader"}
	commonFileTypes  = []string{"application", "audio", "image", "text", "video"}
	commonExtensions = strings.Fields(`pdf mpga mp2 mp2a mp3 m2a m3a wav png jpeg jpg jpe gif mp4 mp4v mpg4
		mpeg mpg mpe m1v m2v html htm shtml`)

	databaseColumns = []string{"avatar", "category", "comment", "createdAt", "email", "group", "id", "name",
		"password", "phone", "status", "title", "token", "updatedAt"}
	databaseTypes = strings.Fields(`int varchar text date datetime tinyint time timestamp smallint mediumint
		bigint decimal float double real bit boolean serial blob binary enum set geometry point`)
	databaseCollations = strings.Fields(`utf8_unicode_ci utf8_general_ci utf8_bin ascii_bin ascii_general_ci
		cp1250_bin cp1250_general_ci`)
	databaseEngines = []string{"ARCHIVE", "BLACKHOLE", "CSV", "InnoDB", "MEMORY", "MyISAM"}

	directories = strings.Fields(`/Applications /bin /boot /boot/defaults /dev /etc /etc/defaults /etc/mail
		/etc/namedb /etc/periodic /etc/ppp /home /home/user /home/user/dir /lib /Library /lost+found /media /mnt
		/net /Network /opt /opt/bin /opt/include /opt/lib /opt/sbin /opt/share /private /private/tmp /private/var
		/proc /rescue /root /sbin /selinux /srv /sys /System /tmp /Users /usr /usr/X11R6 /usr/bin /usr/include
		/usr/lib /usr/libdata /usr/libexec /usr/local/bin /usr/local/src /usr/obj /usr/ports /usr/sbin /usr/share
		/usr/src /var /var/log /var/mail /var/spool /var/tmp /var/yp`)
)

// distinct drops repeated entries and those that are more than one word.
func distinct(list []string) []string {
	list = slices.DeleteFunc(slices.Clone(list), func(s string) bool { return strings.ContainsAny(s, " ()") })
	slices.Sort(list)
	return slices.Compact(list)
}

// fileName is one to three words joined by underscores, and an extension.
func (d *Dynamic) fileName(extensions []string) string {
	name := strings.Map(func(r rune) rune {
		if r < 128 && strings.ContainsRune(digits+letters+"_", r) {
			return r
		}
		return '_'
	}, strings.ToLower(d.words(1, 3)))
	return name + "." + d.pick(extensions)
}

func (d *Dynamic) filePath() string {
	return d.pick(directories) + "/" + d.fileName(fileExtensions)
}
