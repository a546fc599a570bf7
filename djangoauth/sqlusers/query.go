package sqlusers

import "strings"

// write makes the queries. Names were checked, and are quoted even so: user is a word of
// SQL, and Postgres lowers names that are not.
func (u *Users) write() {
	o := &u.opts
	names := map[string]string{
		"users": o.quote(o.Table), "id": o.quote(o.IDColumn), "name": o.quote(o.NameColumn), "password": o.quote(o.PasswordColumn),
		"active": "u." + o.quote(o.ActiveColumn), "superuser": o.quote(o.SuperuserColumn), "groups": o.quote(o.GroupsTable),
		"permissions": o.quote(o.PermissionsTable), "user": o.quote(o.UserColumn), "1": o.placeholder(1), "2": o.placeholder(2),
	}
	schema := o.Table[:strings.IndexByte(o.Table, '.')+1] // with its dot, or empty
	for _, table := range []string{"auth_permission", "auth_group_permissions", "django_content_type"} {
		names[table] = o.quote(schema + table)
	}
	if o.NoActiveColumn {
		names["active"] = "1 = 1"
	}
	u.byID = expand("SELECT u.{id}, u.{name}, u.{password}, {active} FROM {users} u WHERE u.{id} = {1}", names)
	u.byName = expand("SELECT u.{id}, u.{name}, u.{password}, {active} FROM {users} u WHERE u.{name} = {1}", names)
	u.flags = expand("SELECT {active}, u.{superuser} FROM {users} u WHERE u.{id} = {1}", names)
	u.permissions = expand("SELECT c.app_label, p.codename FROM {permissions} up"+
		" JOIN {auth_permission} p ON p.id = up.permission_id JOIN {django_content_type} c ON c.id = p.content_type_id WHERE up.{user} = {1}"+
		" UNION SELECT c.app_label, p.codename FROM {groups} ug JOIN {auth_group_permissions} gp ON gp.group_id = ug.group_id"+
		" JOIN {auth_permission} p ON p.id = gp.permission_id JOIN {django_content_type} c ON c.id = p.content_type_id WHERE ug.{user} = {2}", names)
}

// expand puts names in the place of {their words}.
func expand(query string, names map[string]string) string {
	for word, name := range names {
		query = strings.ReplaceAll(query, "{"+word+"}", name)
	}
	return query
}

func (o *Options) quote(name string) string {
	mark := `"`
	if o.Dialect == MySQL {
		mark = "`"
	}
	return mark + strings.ReplaceAll(name, ".", mark+"."+mark) + mark
}

func (o *Options) placeholder(n int) string {
	if o.Dialect == Postgres {
		return "$" + string(rune('0'+n))
	}
	return "?"
}
